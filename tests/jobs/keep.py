"""A keeper in a process of its own, to be killed: `python -m tests.jobs.keep DATA_DIR`."""

import asyncio
import sys
from pathlib import Path

from backend import catalog
from backend.db.database import Database
from backend.services.job_keeper import JobKeeper
from backend.settings import Settings
from tests.jobs.kinds import KIND

catalog.JOBS["count"] = KIND
catalog.RUNNERS["local"] = "tests.jobs.kinds:CountRunner"
settings = Settings(data_dir=Path(sys.argv[1]), DATABASE_URL="", _env_file=None)
asyncio.run(JobKeeper(Database(settings.database), settings).run())
