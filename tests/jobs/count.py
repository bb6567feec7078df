"""What a `CountJob` runs: `python -m tests.jobs.count RUN_DIR`."""

import os
import signal
import sys
import time
from pathlib import Path

import msgspec

from tests.jobs.kinds import CountParams
from trainer.jobs.run_dir import RunDir

run = RunDir(Path(sys.argv[1]))
spec = run.spec()
params = msgspec.convert(spec.params, CountParams)
assert os.environ["COUNTING"] == "yes"
counter = run.path / "counter"
start = int(counter.read_text()) if spec.resume and counter.exists() else 0
if params.deaf:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(f"counting from {start}")
for step in range(start + 1, params.steps + 1):
    counter.write_text(str(step))
    run.say("metric", step=step, loss=1 / step, progress=step / params.steps, eta_s=params.steps - step)
    if step == params.fail_at:
        raise ValueError("it does not count further")
    time.sleep(params.wait_s)
