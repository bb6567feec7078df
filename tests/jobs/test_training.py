"""A real training through the api: start, stop, resume, judge, register, and find the way back."""

import json
import uuid
from pathlib import Path

import msgspec
import numpy as np
import pytest

from backend.core.contracts.job import DatasetRef, JobSpec
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import CameraInput, Observation, Picture, Sight
from backend.db.dataset import DatasetEpisodeRow, DatasetRow, DatasetState
from backend.settings import Settings
from tests.api.house import House
from tests.jobs.house import act, opened, until
from tests.jobs.version import EPISODES
from trainer.training import preflight
from trainer.training.params import TrainParams
from trainer.training.probe import report

TINY = {
    "policy": "act",
    "policy_config": {
        "dim_model": 32, "n_heads": 2, "dim_feedforward": 64, "n_encoder_layers": 1,
        "n_vae_encoder_layers": 1, "latent_dim": 4, "chunk_size": 8, "n_action_steps": 8,
        "pretrained_backbone_weights": None,
    },
    "cameras": ["head"],
    "image_height_px": 32,
    "image_width_px": 48,
    "steps": 6,
    "batch_size": 2,
    "log_every": 1,
    "save_every": 4,
    "held_out": 0.3,
    "device": "cpu",
}  # fmt: skip


async def put_version(house: House, version) -> str:
    """Put the version, and the episodes it is made of, where the app looks for them."""
    config = house.parts.settings
    config.datasets_dir.mkdir(parents=True, exist_ok=True)
    (config.datasets_dir / "lift-v1").symlink_to(version.root)
    config.episodes_dir.mkdir(parents=True, exist_ok=True)
    raw = sorted((version.root.parent / "raw").iterdir())
    for folder in raw:
        manifest = json.loads((folder / "manifest.json").read_text())
        (config.episodes_dir / folder.name).mkdir()
        target = config.episodes_dir / folder.name / "manifest.json"
        target.write_text(json.dumps({**manifest, "state": "saved"}))
    await house.parts.library.scan()
    async with house.parts.database.transaction() as session:
        row = DatasetRow(
            name="lift", number=1, fps=30, state=DatasetState.READY, folder="lift-v1",
            content_hash=version.content_hash, rows=version.rows,
            members=[
                DatasetEpisodeRow(episode_id=uuid.UUID(folder.name), position=position)
                for position, folder in enumerate(raw)
            ],
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return str(row.id)


async def found(house: House, path: str):
    reply = await house.http.get(path)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.timeout(900)
async def test_train_stop_resume_judge_and_register(settings: Settings, version):
    async with opened(settings) as house:
        dataset_id = await put_version(house, version)
        body = {"kind": "train", "name": "first", "dataset_id": dataset_id, "params": TINY}
        job_id = (await house.http.post("/api/jobs", json=body)).json()["id"]
        await until(house, job_id, "running", "failed")
        # Asked while LeRobot is still being imported: it stops after the first step it makes.
        await act(house, job_id, "stop")
        stopped = await until(house, job_id, "stopped", "failed", "succeeded", "lost")
        assert (stopped["state"], stopped["message"]) == ("stopped", "stopped on request")
        (checkpoint,) = await found(house, f"/api/jobs/{job_id}/checkpoints")
        assert checkpoint["step"] == 1

        await act(house, job_id, "resume")
        done = await until(house, job_id, "failed", "succeeded", "lost")
        assert done["state"] == "succeeded", done["message"]
        steps = [item["step"] for item in await found(house, f"/api/jobs/{job_id}/checkpoints")]
        assert steps == [1, 4, 6]
        curves = (await found(house, f"/api/jobs/{job_id}/metrics"))["curves"]
        assert curves["loss"]["step"] == [1, 2, 3, 4, 5, 6]
        assert {"lr", "grad_norm", "samples_s", "open_loop"} <= set(curves)
        judged = await found(house, f"/api/jobs/{job_id}/open-loop")
        assert [item["step"] for item in judged] == [1, 4, 6]
        assert len(judged[0]["episodes"]) == 1
        assert {group["group"] for group in judged[0]["groups"]} >= {
            "hands",
            "arms",
            "torso",
            "height",
            "base_vx",
        }

        wish = {"job_id": job_id, "step": 6, "name": "lifter", "notes": "the first"}
        policy = (await house.http.post("/api/policies", json=wish)).json()
        assert (policy["number"], policy["stage"], policy["type"]) == (1, "candidate", "act")
        assert policy["layout_hash"] == house.parts.spec.layout.hash
        assert policy["manifest"]["cameras"] == [{"name": "head", "height_px": 32, "width_px": 48}]
        assert policy["open_loop"]["score"] == pytest.approx(judged[-1]["score"])
        assert not list(Path(policy["folder"]).rglob("optimizer_state*"))
        _policy_is_served(Path(policy["folder"]), house.parts.spec)
        await _registry(house, policy, dataset_id, job_id)


async def _registry(house: House, policy: dict, dataset_id: str, job_id: str) -> None:
    detail = await found(house, f"/api/policies/{policy['id']}")
    assert (detail["job"], detail["dataset"], detail["operators"]) == ("first", "lift-v1", ["ann"])
    assert sorted(episode["use"] for episode in detail["episodes"]) == [
        "held_out",
        *["train"] * (EPISODES - 1),
    ]
    for query in (
        f"dataset_id={dataset_id}",
        f"episode_id={detail['episodes'][0]['id']}",
        f"job_id={job_id}",
    ):
        assert [item["id"] for item in await found(house, f"/api/policies?{query}")] == [policy["id"]]
    assert await found(house, f"/api/policies?episode_id={uuid.uuid4()}") == []
    latency = {"device": "cpu", "samples": 9, "median_ms": 5.0, "p95_ms": 6.0, "p99_ms": 7.0}
    changed = await house.http.patch(
        f"/api/policies/{policy['id']}", json={"stage": "production", "latency": latency}
    )
    assert (changed.json()["stage"], changed.json()["notes"]) == ("production", "the first")
    assert changed.json()["latency"]["p99_ms"] == 7.0
    again = await house.http.post("/api/policies", json={"job_id": job_id, "step": 4, "name": "lifter"})
    assert again.json()["number"] == 2
    assert again.json()["weights_sha256"] != policy["weights_sha256"]
    assert again.json()["stats_hash"] == policy["stats_hash"]
    missing = await house.http.post("/api/policies", json={"job_id": job_id, "step": 5, "name": "lifter"})
    assert (missing.status_code, missing.json()["code"]) == (404, "no_checkpoint")
    assert "there are: 1, 4, 6" in missing.json()["text"]
    assert (await house.http.delete(f"/api/jobs/{job_id}")).status_code == 204
    kept = await found(house, f"/api/policies/{policy['id']}")
    assert (kept["job_id"], kept["dataset_id"]) == (None, dataset_id)
    assert (Path(kept["folder"]) / "model.safetensors").exists()


def _policy_is_served(folder: Path, robot: RobotSpec) -> None:
    """Our own server takes what is registered: a picture as the camera gives it in, actions out."""
    from trainer.policy_server.checkpoint import LeRobotPolicy

    policy = LeRobotPolicy(folder, robot, device="cpu")
    assert policy.hello.layout_hash == robot.layout.hash
    assert (policy.hello.chunk_size, policy.hello.fps) == (8, 30.0)
    assert policy.hello.cameras == (CameraInput(name="head", height=32, width=48),)
    picture = Picture(
        camera="head", t_ns=0, encoding="rgb8", height=240, width=320, data=bytes(240 * 320 * 3)
    )
    sight = Sight(
        t_ns=0,
        state=np.zeros(32),
        torso_base=np.zeros(17),
        torso_command=np.zeros(4),
        pictures=(picture,),
    )
    seen = Observation(seq=1, start_step=0, task="", delay=0, left_over=np.zeros((0, 36)), sights=(sight,))
    actions, timings = policy.predict(seen)
    assert actions.shape == (8, 36)
    assert np.isfinite(actions).all()
    assert timings.infer > 0


def spec(version, **params: object) -> JobSpec:
    return JobSpec(
        id="x",
        kind="train",
        name="x",
        params=msgspec.to_builtins(msgspec.convert(TINY | params, TrainParams)),
        dataset=DatasetRef(id="d", name="lift", folder=str(version.root), content_hash=version.content_hash),
        cache_dir=str(version.root.parent / "cache"),
    )


def findings(job: JobSpec) -> dict[str, tuple[str, str]]:
    return {item.check: (item.severity, item.text) for item in report(job).findings}


def test_the_probe_says_what_a_policy_needs_and_lacks(version):
    good = findings(spec(version))
    assert {check: severity for check, (severity, _) in good.items()} == {"device": "ok", "memory": "ok"}
    assert "million parameters" in good["memory"][1]
    huge = findings(spec(version, batch_size=4096, image_height_px=1080, image_width_px=1440))
    assert huge["memory"][0] == "fail"


@pytest.mark.parametrize(
    ("params", "check", "words"),
    [
        ({"policy_config": {}}, "weights", "empty pretrained_backbone_weights"),
        ({"policy": "pi05", "policy_config": {}}, "layout", "36 entries and pi05 has room for 32"),
        ({"policy_config": {"pretrained_path": "lerobot/no-such"}}, "weights", "pretrained_path"),
        ({"policy_config": {"colour": 3}}, "policy", "does not know"),
        ({"policy_config": {"n_action_steps": 900}}, "policy", "chunk"),
        ({"policy": "nonsense", "policy_config": {}}, "policy", "nonsense"),
    ],
)
def test_the_probe_refuses_in_words(version, params: dict, check: str, words: str):
    severity, text = findings(spec(version, **params))[check]
    assert (severity, words in text) == ("fail", True), text


def test_the_data_are_looked_at_before_anything_else(version, monkeypatch):
    monkeypatch.setattr(preflight, "probe", lambda job: preflight.ProbeReport([], 10**15))
    job = spec(version)
    found = {item.check: (item.severity, item.text) for item in preflight.check(job)}
    assert (found["dataset"][0], found["cameras"][0], found["episodes"][0]) == ("ok", "ok", "warn")
    assert found["disk"][0] == "fail"
    (chest,) = [item for item in preflight.check(spec(version, cameras=["chest"])) if item.severity == "fail"]
    assert "no camera chest; it has" in chest.text
    changed = msgspec.structs.replace(job, dataset=msgspec.structs.replace(job.dataset, content_hash="0"))
    (only,) = preflight.check(changed)
    assert "changed since the version was verified" in only.text
    gone = msgspec.structs.replace(job, dataset=msgspec.structs.replace(job.dataset, folder="/nowhere"))
    assert "not there any more" in preflight.check(gone)[0].text
