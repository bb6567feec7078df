"""What the baselines are built from."""

from pathlib import Path

from backend.core.contracts.record import to_json
from backend.core.contracts.recording import Driving, EpisodeOutcome
from backend.recording.manifest import NAME
from tests.recording.conftest import manifest
from trainer.evaluation.contestants import demonstrations


def keep(folder: Path, seed: int, success: bool = True, **changes) -> Path:
    episode = folder / f"take-{seed}"
    episode.mkdir()
    outcome = EpisodeOutcome(success=success, subtasks=(), seed=seed, level=0)
    kept = manifest(state="saved", outcome=outcome, **changes)
    (episode / NAME).write_bytes(to_json(kept))
    return episode


def test_only_what_people_did_from_start_to_success_is_replayed(tmp_path: Path):
    late = keep(tmp_path, 7, driving=Driving(person_s=9.0))
    early = keep(tmp_path, 3)
    keep(tmp_path, 4, success=False)
    keep(tmp_path, 5, driving=Driving(policies=("act-1",), interventions=1, person_s=5.0, policy_s=6.0))
    keep(tmp_path, 6, task="another")
    (tmp_path / "no episode").mkdir()
    assert demonstrations(tmp_path, "lift") == (early, late)
