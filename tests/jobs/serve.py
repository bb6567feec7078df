"""The api by itself, with the job `count` in its catalogue: `python -m tests.jobs.serve`."""

from backend import catalog
from backend.api.process import main
from tests.jobs.kinds import KIND

catalog.JOBS["count"] = KIND
catalog.RUNNERS["local"] = "tests.jobs.kinds:CountRunner"

if __name__ == "__main__":
    main()
