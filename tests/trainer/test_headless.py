"""Simulated time: the same run for the same seed, and takes like those of the recorder."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.recording import EpisodeOutcome
from backend.core.contracts.task import LEVELS
from backend.core.contracts.tick import Mode
from backend.recording.export.export import export
from backend.recording.export.rows import resample
from backend.recording.manifest import load_manifest
from backend.recording.quality import load_quality
from backend.recording.reader import EpisodeReader
from backend.recording.recovery import recover_all
from backend.runtime.scene_model import compiled_task
from backend.settings import Settings
from trainer.demos.operator import Operator
from trainer.headless.rig import Rig
from trainer.headless.take import Take


def drive(config: Settings, seed: int, ticks: int) -> tuple[np.ndarray, np.ndarray]:
    task = catalog.load(catalog.TASKS, "pick_place")(seed)
    rig = Rig(config, task, seed, cameras=False)
    operator = Operator(rig.spec, "scripted", np.random.default_rng(seed), rig.context.period_s)
    rig.engage("scripted", operator.frames)
    operator.begin(catalog.load(catalog.DEMONSTRATORS, "pick_place")(operator, task))
    for _ in range(ticks):
        record = rig.drive(operator.frames)
    assert record.mode is Mode.ACTIVE
    return rig.world.world.qpos, record.command.action


def test_a_run_is_reproducible_by_seed(config: Settings):
    first, again, other = (drive(config, seed, 60) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[1], other[1])


def test_a_refused_request_raises_with_the_reason(config: Settings):
    rig = Rig(config, catalog.load(catalog.TASKS, "pick_place")(0), 0, cameras=False)
    with pytest.raises(RuntimeError, match="take it first"):
        rig.ask("arm", "somebody")


def test_a_short_take_becomes_a_dataset(config: Settings, tmp_path: Path):
    task = catalog.load(catalog.TASKS, "pick_place")(0)
    rig = Rig(config, task, 0)
    operator = Operator(rig.spec, "scripted", np.random.default_rng(0), rig.context.period_s)
    rig.engage("scripted", operator.frames)
    take = Take(tmp_path / "working", task, rig.spec, "dcm_wbc", "scripted", rig.now_ns)
    rig.record_to(take.write)
    while rig.now_ns < 3_300_000_000:
        rig.drive(operator.frames)
    (tmp_path / "episodes").mkdir()
    outcome = EpisodeOutcome(success=False, subtasks=rig.judge.outcomes(), seed=0, level=0)
    folder = take.save(tmp_path / "episodes", rig.now_ns, outcome)
    rig.close()
    made = export(tmp_path / "dataset", "short", 30, [folder], lambda share, text: None)
    assert made.rows > 30


def test_a_demonstration_is_like_a_recorded_take(demonstration, tmp_path: Path):
    manifest = load_manifest(demonstration.folder)
    assert (manifest.state, manifest.task, manifest.operator) == ("saved", "pick_place", "scripted")
    assert not any(manifest.dropped.values())
    assert load_quality(demonstration.folder).score == 1.0
    assert recover_all(demonstration.folder.parent) == []
    reader = EpisodeReader(demonstration.folder)
    assert {camera.name for camera in manifest.cameras} == {camera.name for camera in reader.spec.cameras}
    rows = resample(reader, 30, 0.2)
    assert len(rows.t_ns) > 25 * reader.duration_s
    assert set(rows.drivers) == {"", "scripted"}
    assert np.ptp(rows.action, axis=0).max() > 0.3


def test_a_demonstration_succeeds_and_says_when_each_subtask_was_done(demonstration):
    outcome = load_manifest(demonstration.folder).outcome
    assert demonstration.success
    assert outcome.success
    times = [subtask.t_ns for subtask in outcome.subtasks]
    assert times == sorted(times)
    assert all(subtask.done for subtask in outcome.subtasks)


def test_the_pictures_show_the_box_being_moved(demonstration):
    pictures = list(EpisodeReader(demonstration.folder).pictures("head"))
    first, last = _green_columns(pictures[0]), _green_columns(pictures[-1])
    assert min(len(first), len(last)) > 300
    assert last.mean() < first.mean() - 40


def _green_columns(picture: np.ndarray) -> np.ndarray:
    red, green, blue = np.moveaxis(picture.astype(int), -1, 0)
    return ((green > red + 25) & (green > blue + 10)).nonzero()[1]


@pytest.mark.parametrize("level", [level for level in LEVELS if level])
def test_levels_change_what_the_scene_is_made_of(config: Settings, level: int):
    kind = catalog.load(catalog.TASKS, "pick_place")
    one, again, other = (compiled_task(config, kind(seed, level), visuals=False) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.mat_rgba, again.mat_rgba)
    assert not np.array_equal(_tint(one, "oak"), _tint(other, "oak"))
    assert np.array_equal(_box_size(one), _box_size(other)) == (level < 2)
    assert np.array_equal(one.cam_quat, other.cam_quat) == (level < 2)


def _tint(model: mujoco.MjModel, material: str) -> np.ndarray:
    return model.mat_rgba[model.material(material).id]


def _box_size(model: mujoco.MjModel) -> np.ndarray:
    shapes = (model.geom_bodyid == model.body("box").id) & (model.geom_contype > 0)
    return model.geom_size[shapes]
