"""The policy server: real LeRobot checkpoints over a real WebSocket, and what it refuses."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import cv2
import numpy as np
import pytest
import torch
import websockets
from lerobot.policies.factory import get_policy_class, make_pre_post_processors

from backend.core.contracts.record import msgpack_decoder, to_msgpack
from backend.core.contracts.rollout import (
    ChunkAnswer,
    Observation,
    Picture,
    PolicyHello,
    PolicyRefusal,
    ServerMessage,
    Sight,
)
from backend.runtime import openpi
from tests.policy.checkpoints import SIZE_PX, checkpoint
from trainer.policies.served import PolicyRefused
from trainer.policy_server.checkpoint import LeRobotPolicy
from trainer.policy_server.server import PolicyServer

# Importing lerobot takes 13 s of processor time, which a busy machine stretches.
pytestmark = pytest.mark.timeout(600)

TOKEN = "correct-horse-battery"
RNG = np.random.default_rng(0)
STATE = RNG.normal(0, 0.3, 32)
FRAME = cv2.GaussianBlur(RNG.integers(0, 255, (*SIZE_PX, 3), np.uint8), (9, 9), 3)


@pytest.fixture(scope="module")
def act(tmp_path_factory, spec):
    return checkpoint(tmp_path_factory.mktemp("act") / "pretrained_model", spec)


@pytest.fixture(scope="module")
def policy(act, spec):
    return LeRobotPolicy(act, spec)


def observation(encoding: str = "rgb8", camera: str = "head", sights: int = 1, seq: int = 7) -> Observation:
    data = FRAME.tobytes()
    if encoding == "jpeg":
        bgr = cv2.cvtColor(FRAME, cv2.COLOR_RGB2BGR)
        data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    picture = Picture(
        camera=camera, t_ns=1, encoding=encoding, height=SIZE_PX[0], width=SIZE_PX[1], data=data
    )
    sight = Sight(
        t_ns=1, state=STATE, torso_base=np.zeros(17), torso_command=np.zeros(4), pictures=(picture,)
    )
    return Observation(
        seq=seq,
        start_step=40,
        task="lift the box",
        delay=0,
        left_over=np.zeros((0, 36)),
        sights=(sight,) * sights,
    )


@contextlib.asynccontextmanager
async def served(policy) -> AsyncIterator[str]:
    server = PolicyServer(policy, TOKEN)
    listening = await server.listen("127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        await listening.wait_closed()
        server.close()


def connect(url: str, token: str = TOKEN, scheme: str = "Bearer"):
    headers = {"Authorization": f"{scheme} {token}"}
    return websockets.connect(url, additional_headers=headers, max_size=None, compression=None)


async def receive(connection) -> PolicyHello | ChunkAnswer | PolicyRefusal:
    return msgpack_decoder(ServerMessage).decode(await asyncio.wait_for(connection.recv(), 60))


def test_actions_are_those_of_lerobot_itself(policy, act):
    """The same checkpoint through LeRobot's own functions gives the same numbers."""
    config = get_policy_class("act").from_pretrained(act)
    pre, post = make_pre_post_processors(config.config, pretrained_path=str(act))
    image = torch.from_numpy(FRAME).permute(2, 0, 1).float()[None] / 255
    batch = {
        "observation.state": torch.from_numpy(STATE[None].astype(np.float32)),
        "observation.images.head": image,
    }
    with torch.no_grad():
        wanted = post(config.predict_action_chunk(pre(batch)))[0].numpy()
    actions, timings = policy.predict(observation())
    assert actions.shape == (12, 36)
    assert actions == pytest.approx(wanted, abs=1e-5)
    assert timings.infer > 0


def test_a_diffusion_policy_sees_two_steps(tmp_path, spec):
    policy = LeRobotPolicy(checkpoint(tmp_path / "pretrained_model", spec, "diffusion"), spec)
    assert (policy.hello.n_obs_steps, policy.hello.chunk_size) == (2, 8)
    actions, _ = policy.predict(observation(sights=2))
    assert actions.shape == (8, 36)
    with pytest.raises(PolicyRefused, match="1 sights; allowed: 2"):
        policy.predict(observation())


async def test_the_dialogue(policy, spec):
    async with served(policy) as url, connect(url) as connection:
        hello = await receive(connection)
        assert (hello.policy, hello.chunk_size, hello.fps) == (policy.hello.policy, 12, 30.0)
        assert hello.layout_hash == spec.layout.hash
        assert [(c.name, c.height, c.width) for c in hello.cameras] == [("head", *SIZE_PX)]
        await connection.send(to_msgpack(observation()))
        raw = await receive(connection)
        assert (raw.seq, raw.start_step) == (7, 40)
        assert raw.actions == pytest.approx(policy.predict(observation())[0])
        await connection.send(to_msgpack(observation("jpeg")))
        assert np.abs((await receive(connection)).actions - raw.actions).max() < 0.05
        assert raw.timings.infer > 0


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (observation(camera="wrist"), "no picture of head"),
        (observation("webp"), "allowed: jpeg, rgb8"),
        (observation(sights=3), "3 sights; allowed: 1"),
        (b"\x80\x04\x95pickle?", "missing required field"),
        ("text", "text is not understood"),
    ],
)
async def test_bad_requests_are_answered_in_words_and_the_next_one_is_served(policy, message, words):
    async with served(policy) as url, connect(url) as connection:
        await receive(connection)
        await connection.send(to_msgpack(message) if isinstance(message, Observation) else message)
        refusal = await receive(connection)
        assert isinstance(refusal, PolicyRefusal)
        assert words in refusal.text
        await connection.send(to_msgpack(observation()))
        assert isinstance(await receive(connection), ChunkAnswer)


@pytest.mark.parametrize(("token", "scheme"), [("wrong", "Bearer"), ("", "Bearer"), (TOKEN, "Basic")])
async def test_nobody_gets_in_without_the_token(policy, token, scheme):
    async with served(policy) as url:
        with pytest.raises(websockets.exceptions.InvalidStatus) as error:
            await connect(url, token, scheme)
        assert error.value.response.status_code == 401
    with pytest.raises(ValueError, match="allowed: 16 characters"):
        PolicyServer(policy, "short")


async def test_a_client_of_openpi_is_understood(policy):
    async with served(policy) as url, connect(f"{url}/openpi", scheme="Api-Key") as connection:
        metadata = openpi.unpack(await connection.recv())
        assert metadata["observation_keys"] == ["observation/images/head"]
        request = {"observation/state": STATE, "observation/images/head": FRAME, "prompt": "lift"}
        await connection.send(openpi.pack(request))
        answer = openpi.unpack(await connection.recv())
        assert answer["actions"] == pytest.approx(policy.predict(observation())[0], abs=1e-6)
        assert answer["server_timing"]["infer_ms"] > 0
        await connection.send(openpi.pack({"prompt": "lift"}))
        assert "observation/state is missing" in await connection.recv()


def test_what_does_not_fit_the_robot_is_refused_in_words(tmp_path, spec, act):
    names = list(spec.layout.action_names)
    swapped = [names[1], names[0], *names[2:]]

    def refused(match: str, **changes) -> None:
        folder = checkpoint(tmp_path / match.replace(" ", "_")[:20], spec, **changes)
        with pytest.raises(PolicyRefused, match=match):
            LeRobotPolicy(folder, spec)

    refused(f"action 0 is {names[1]} in its training and {names[0]} on", action_names=swapped)
    refused("trained with 35 actions", action_names=names[:35])
    refused("camera 'belly'; .* has head", cameras=("belly",))
    refused(r"shape \(30,\); allowed: \(32,\)", state_size=30)
    refused("lacks the statistics of", stats=False)
    with pytest.raises(PolicyRefused, match=r"bunraku.json is missing"):
        LeRobotPolicy(tmp_path, spec)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "bunraku.json").write_text((act / "bunraku.json").read_text())
    with pytest.raises(PolicyRefused, match="no checkpoint of LeRobot"):
        LeRobotPolicy(empty, spec)
    (empty / "bunraku.json").write_text(json.dumps({"fps": 30}))
    with pytest.raises(PolicyRefused, match="state_names"):
        LeRobotPolicy(empty, spec)


def test_openpi_messages_carry_arrays_and_refuse_objects():
    message = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": [np.int64(3), {"c": np.bool_(True)}]}
    back = openpi.unpack(openpi.pack(message))
    assert back["a"].dtype == np.float32
    assert back["a"].tolist() == message["a"].tolist()
    assert back["b"] == [3, {"c": True}]
    with pytest.raises(ValueError, match="cannot be sent"):
        openpi.pack({"a": np.array([object()])})
    with pytest.raises(ValueError, match="refused"):
        openpi.unpack(openpi.pack({"x": 1})[:1] + b"\xa1a" + openpi.pack(_object_array())[:])
    for bad in (b"", b"\xc1", b"\x01"):
        with pytest.raises(ValueError, match="no message of openpi"):
            openpi.unpack(bad)


def _object_array() -> dict:
    return {b"__ndarray__": True, b"data": b"12345678", b"dtype": "|O", b"shape": [1]}
