"""The ONNX adapter, with tiny networks that the test builds: an identity shows what the policy is fed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from backend.core.locomotion.observation import TERMS
from backend.core.locomotion.onnx_policy import OnnxPolicy
from tests.locomotion.rig import LAYOUT, SPEC, Rig

LEGS = tuple(name for name in SPEC.joints if name not in (*SPEC.arm_joints, *SPEC.hand_joints))
SHUFFLED = tuple(np.random.default_rng(5).permutation(LEGS))
PARTS = ("base_angular_velocity", "projected_gravity", "command_velocity", "joint_position", "last_action")
SCALES = {"base_angular_velocity": 0.25, "joint_position": 1.0}


def _linear(path: Path, weights: np.ndarray, bias: np.ndarray) -> None:
    """Write a network of one layer: bias + observation @ weights."""
    rows, columns = weights.shape
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["obs", "w", "b"], ["actions"])],
        "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, rows])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, columns])],
        [
            numpy_helper.from_array(weights.astype(np.float32), "w"),
            numpy_helper.from_array(bias.astype(np.float32), "b"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _size(history: int = 1) -> int:
    return (3 + 3 + 3 + len(LEGS) + len(LEGS)) * history


def _manifest(folder: Path, **changes: Any) -> str:
    manifest = {
        "name": "tiny",
        "model": "tiny.onnx",
        "rate_hz": 50.0,
        "joints": SHUFFLED,
        "default_rad": [float(SPEC.neutral_rad[SPEC.index(name)]) for name in SHUFFLED],
        "kp": [100.0] * len(LEGS),
        "kd": [3.0] * len(LEGS),
        "observation": [{"term": term, "scale": SCALES.get(term, 1.0)} for term in PARTS],
        "action_scale": 0.25,
        "max_velocity": [0.5, 0.3, 0.8],
        "height_range_m": [0.7, 0.76],
        "torso_limit_rad": [0.1, 0.1, 0.1],
        **changes,
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    return str(path)


def _joint_reader(history: int, frame: int) -> np.ndarray:
    """Weights that copy the joint positions of one frame of a frame-major history to the actions."""
    weights = np.zeros((_size(history), len(LEGS)))
    start = frame * _size() + 9
    weights[start : start + len(LEGS)] = np.eye(len(LEGS))
    return weights


def test_joints_are_matched_by_name_whatever_their_order(tmp_path: Path):
    _linear(tmp_path / "tiny.onnx", _joint_reader(1, 0), np.zeros(len(LEGS)))
    rig = Rig(OnnxPolicy(SPEC, _manifest(tmp_path)))
    rig.run(0.1)
    state = rig.state
    motors = rig.world.controller.update(state, None, 0.02)
    for name in LEGS:
        i = SPEC.index(name)
        moved = state.q_rad[i] - SPEC.neutral_rad[i]
        expected = np.clip(SPEC.neutral_rad[i] + 0.25 * moved, SPEC.lower_rad[i], SPEC.upper_rad[i])
        assert motors.q_rad[i] == pytest.approx(expected, abs=1e-6), name
        assert (motors.kp[i], motors.kd[i]) == (100.0, 3.0)
    assert np.ptp([state.q_rad[SPEC.index(name)] for name in LEGS]) > 0.1


@pytest.mark.parametrize("term", sorted(TERMS))
def test_every_term_is_finite_and_keeps_its_place(tmp_path: Path, term: str):
    manifest = _manifest(tmp_path, observation=[{"term": term, "scale": 2.0}])
    widths = {"joint_position": len(LEGS), "joint_velocity": len(LEGS), "last_action": len(LEGS)}
    widths |= dict.fromkeys(("command_height", "yaw_error"), 1) | {"gait_phase": 2}
    width = widths.get(term, 3)
    _linear(tmp_path / "tiny.onnx", np.zeros((width, len(LEGS))), np.zeros(len(LEGS)))
    policy = OnnxPolicy(SPEC, manifest)
    rig = Rig(policy)
    observation = policy._observation.build(policy._start(rig.state))
    assert observation.shape == (width,)
    assert np.all(np.isfinite(observation))


def test_history_runs_from_old_to_new(tmp_path: Path):
    history = 3
    _linear(tmp_path / "tiny.onnx", _joint_reader(history, 0), np.zeros(len(LEGS)))
    policy = OnnxPolicy(SPEC, _manifest(tmp_path, history=history, action_scale=1.0))
    rig = Rig(policy)
    seen = []
    for _ in range(4):
        rig.run(0.02)
        state = rig.state
        seen.append(state.q_rad[SPEC.index("left_knee_joint")])
        motors = policy.update(state, None, 0.02)
    knee = motors.q_rad[SPEC.index("left_knee_joint")]
    assert min(abs(knee - value) for value in seen[:-1]) < 1e-6
    assert abs(knee - seen[-1]) > 1e-9


def test_arms_and_hands_follow_the_command(tmp_path: Path):
    _linear(tmp_path / "tiny.onnx", np.zeros((_size(), len(LEGS))), np.zeros(len(LEGS)))
    rig = Rig(OnnxPolicy(SPEC, _manifest(tmp_path)))
    elbow = LAYOUT.action_names.index("right_elbow_joint")
    rig.glide(slice(elbow, elbow + 1), 0.9, 0.3)
    goal = rig.world.controller.update(rig.state, rig.safety.hold(0)[0], 0.02).q_rad
    assert goal[SPEC.index("right_elbow_joint")] == pytest.approx(0.9, abs=0.02)


def test_a_policy_that_goes_mad_is_held_and_named(tmp_path: Path):
    _linear(tmp_path / "tiny.onnx", np.zeros((_size(), len(LEGS))), np.full(len(LEGS), np.nan))
    rig = Rig(OnnxPolicy(SPEC, _manifest(tmp_path)))
    rig.run(0.1)
    assert "not usable" in rig.state.locomotion_note
    assert np.all(np.isfinite(rig.state.q_rad))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"joints": ["left_tail_joint"]}, "no joint 'left_tail_joint'"),
        ({"observation": [{"term": "smell"}]}, "allowed: base_angular_velocity"),
        ({"kp": [1.0]}, "kp needs 15 entries"),
        ({"history": 2}, "takes 39 observations"),
        ({"model": "missing.onnx"}, "no policy at"),
        ({"rate_hz": "fast"}, "rate_hz"),
        ({"held_gains": {"hand": [1.0, 0.1]}}, "none for left_shoulder_pitch_joint"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_in_words(tmp_path: Path, changes: dict[str, Any], text: str):
    _linear(tmp_path / "tiny.onnx", np.zeros((_size(), len(LEGS))), np.zeros(len(LEGS)))
    with pytest.raises(ValueError, match=text):
        Rig(OnnxPolicy(SPEC, _manifest(tmp_path, **changes)))


def test_a_model_with_other_outputs_than_joints_is_refused_in_words(tmp_path: Path):
    _linear(tmp_path / "tiny.onnx", np.zeros((3, len(LEGS))), np.zeros(len(LEGS)))
    manifest = _manifest(tmp_path, action_joints=SHUFFLED[:3], observation=[{"term": "projected_gravity"}])
    with pytest.raises(ValueError, match="gives 15 actions, the manifest of tiny names 3 joints"):
        Rig(OnnxPolicy(SPEC, manifest))


def test_without_a_manifest_it_says_how_to_choose_one():
    with pytest.raises(ValueError, match="BUNRAKU_LOCOMOTION=onnx:"):
        OnnxPolicy(SPEC)
