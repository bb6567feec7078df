"""One process of a training job: `python -m trainer.training.train --run-dir DIR`.

It runs `lerobot-train` itself, in this process, on the data and with the additions that
`trainer.training.session` describes.
"""

import argparse
import shutil
import sys
from pathlib import Path

import msgspec

from backend.core.contracts.job import JobSpec
from trainer.entry import STOPPED_CODE
from trainer.jobs.run_dir import CHECKPOINTS, RunDir
from trainer.training.command import lerobot_argv, resume_argv
from trainer.training.data import TrainingData, load_data
from trainer.training.manifest import manifest
from trainer.training.params import TrainParams
from trainer.training.split import split_episodes


def _argv(run: RunDir, spec: JobSpec, params: TrainParams, device: str) -> list[str]:
    """Return the arguments for LeRobot: to go on when that was asked for and is possible, else from new."""
    assert spec.dataset is not None
    checkpoint = run.last_checkpoint() if spec.resume else None
    if checkpoint is not None:
        return resume_argv(checkpoint, params.steps)
    output = (run.path / CHECKPOINTS).parent
    # LeRobot refuses a folder that exists; all it may hold now is half a checkpoint.
    shutil.rmtree(output, ignore_errors=True)
    begin_with = Path(spec.policies_dir) / params.init_policy if params.init_policy else None
    return lerobot_argv(params, spec.dataset, output, device, begin_with)


def _data(run: RunDir, spec: JobSpec, params: TrainParams) -> TrainingData:
    assert spec.dataset is not None

    def decoded(row: int) -> None:
        run.say("progress", message=f"decoding pictures once for all trainings: row {row}")

    return load_data(
        Path(spec.dataset.folder),
        Path(spec.cache_dir),
        params.cameras,
        (params.image_height_px, params.image_width_px),
        decoded,
    )


def main() -> int:
    """Train until all steps are done or a stop is asked for."""
    parser = argparse.ArgumentParser(description="Train the policy that DIR/spec.json describes.")
    parser.add_argument("--run-dir", type=Path, required=True, metavar="DIR")
    run = RunDir(parser.parse_args().run_dir)
    spec = run.spec()
    params = msgspec.convert(spec.params, TrainParams)
    run.say("progress", message="reading the dataset")
    data = _data(run, spec, params)
    split = split_episodes(data.version.episode_ids, params.held_out, params.max_episodes, params.seed)
    run.say("progress", message="loading LeRobot")
    import torch
    from lerobot.scripts import lerobot_train

    from trainer.training.session import Session, StopTraining

    torch.set_num_threads(params.threads)
    device = params.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    Session(run, params, data, split, manifest(spec, data, split)).install()
    sys.argv = ["lerobot-train", *_argv(run, spec, params, device)]
    print(f"$ {' '.join(sys.argv)}", flush=True)
    run.say("progress", message="training")
    try:
        lerobot_train.main()
    except StopTraining:
        return STOPPED_CODE
    return 0


if __name__ == "__main__":
    sys.exit(main())
