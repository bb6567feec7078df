"""What the player gets, checked against what the synthetic streams contain."""

import io
import shutil
import uuid

import av
import pytest

from backend.api import playback_schemas
from tests.api.house import House
from tests.api.takes import LENGTH_S
from tests.recording.streams import SPEC, read_number


@pytest.fixture
async def episode(sqlite_house: House, put_take) -> str:
    episode_id = put_take()
    await sqlite_house.parts.library.scan()
    return f"/api/episodes/{episode_id}"


async def test_series_are_on_the_clock_of_the_episode(sqlite_house: House, episode: str):
    joint = SPEC.arm_joints[0]
    names = [f"state.{joint}", f"action.{joint}", f"sent.{joint}"]
    reply = await sqlite_house.http.get(f"{episode}/series", params={"names": names, "max_points": 50})
    found = playback_schemas.SeriesSet.model_validate(reply.json())
    assert [series.name for series in found.series] == names
    assert len(found.t_s) == 50
    state, asked, sent = (series.values for series in found.series)
    # The ramp is the time itself; rows of other clocks are the nearest ones.
    assert state == pytest.approx(found.t_s, abs=0.011)
    assert asked == pytest.approx(found.t_s, abs=0.011)
    assert sent == pytest.approx([0.9 * t_s for t_s in found.t_s], abs=0.011)
    assert found.t_s[-1] == pytest.approx(LENGTH_S, abs=0.02)


async def test_without_names_there_is_the_list_of_names(sqlite_house: House, episode: str):
    found = (await sqlite_house.http.get(f"{episode}/series")).json()
    assert (found["t_s"], found["series"]) == ([], [])
    assert {"action.base_vx", "base.height", "clips"} <= set(found["names"])


async def test_an_unknown_column_names_those_there_are(sqlite_house: House, episode: str):
    reply = await sqlite_house.http.get(f"{episode}/series?names=state.tail")
    assert reply.status_code == 422
    assert reply.json()["code"] == "no_column"
    assert "state.left_knee_joint" in reply.json()["text"]


async def test_poses_replay_robot_and_objects(sqlite_house: House, episode: str):
    poses = playback_schemas.Poses.model_validate(
        (await sqlite_house.http.get(f"{episode}/poses?rate_hz=30")).json()
    )
    assert poses.joints == list(SPEC.joints)
    assert len(poses.t_s) == pytest.approx(30 * LENGTH_S, abs=1)
    column = poses.joints.index(SPEC.arm_joints[0])
    assert [row[column] for row in poses.q_rad] == pytest.approx(poses.t_s, abs=0.003)
    assert poses.T_world_pelvis[-1][2] == 0.74
    assert (poses.objects, poses.T_world_object[0]) == (["box"], [[0.5, 0, 0.8, 0, 0, 0, 1]])
    assert set(poses.driver[1:]) == {"ann"}


async def test_frames_carry_their_real_capture_times(sqlite_house: House, episode: str):
    table = playback_schemas.FrameTable.model_validate(
        (await sqlite_house.http.get(f"{episode}/frames/head")).json()
    )
    video = (await sqlite_house.http.get(f"{episode}/video/head")).content
    with av.open(io.BytesIO(video)) as container:
        pictures = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert len(pictures) == len(table.t_s) == 60
    for t_s, video_s, (shown_s, picture) in zip(table.t_s, table.video_s, pictures, strict=True):
        assert read_number(picture) == round(t_s * 1e3)
        assert shown_s == pytest.approx(video_s, abs=0.001)


async def test_a_range_of_a_video_is_that_range(sqlite_house: House, episode: str):
    whole = await sqlite_house.http.get(f"{episode}/video/head")
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    assert whole.headers["content-type"] == "video/mp4"
    part = await sqlite_house.http.get(f"{episode}/video/head", headers={"range": "bytes=100-299"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
    assert part.content == whole.content[100:300]
    tail = await sqlite_house.http.get(f"{episode}/video/head", headers={"range": "bytes=-50"})
    assert tail.content == whole.content[-50:]
    beyond = await sqlite_house.http.get(f"{episode}/video/head", headers={"range": "bytes=99999999-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize("kind", ["frames", "video"])
async def test_an_unknown_camera_names_those_there_are(sqlite_house: House, episode: str, kind: str):
    reply = await sqlite_house.http.get(f"{episode}/{kind}/tail")
    assert reply.status_code == 404
    assert reply.json()["text"] == (
        "no camera 'tail' in this episode; there are head, left_wrist, right_wrist"
    )


async def test_the_thumbnail_is_the_middle_of_the_first_camera(sqlite_house: House, episode: str):
    first = await sqlite_house.http.get(f"{episode}/thumbnail")
    assert first.headers["content-type"] == "image/jpeg"
    with av.open(io.BytesIO(first.content), format="mjpeg") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (240, 320, 3)
    assert 0 <= read_number(picture) <= LENGTH_S * 1e3
    again = await sqlite_house.http.get(f"{episode}/thumbnail")
    assert again.content == first.content


async def test_a_video_that_is_no_video_has_no_thumbnail(sqlite_house: House, put_take):
    episode_id = put_take()
    (sqlite_house.parts.settings.episodes_dir / str(episode_id) / "head.mp4").write_bytes(b"nothing")
    await sqlite_house.parts.library.scan()
    reply = await sqlite_house.http.get(f"/api/episodes/{episode_id}/thumbnail")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_picture")


async def test_samples_that_are_gone_are_an_error_in_words(sqlite_house: House, put_take):
    episode_id = put_take()
    await sqlite_house.parts.library.scan()
    (sqlite_house.parts.settings.episodes_dir / str(episode_id) / "samples.mcap").unlink()
    reply = await sqlite_house.http.get(f"/api/episodes/{episode_id}/poses")
    assert (reply.status_code, reply.json()["code"]) == (422, "unreadable")


async def test_a_folder_that_was_removed_is_410(sqlite_house: House, put_take):
    episode_id: uuid.UUID = put_take()
    await sqlite_house.parts.library.scan()
    shutil.rmtree(sqlite_house.parts.settings.episodes_dir / str(episode_id))
    for path in ("", "/series", "/video/head", "/thumbnail"):
        reply = await sqlite_house.http.get(f"/api/episodes/{episode_id}{path}")
        assert (reply.status_code, reply.json()["code"]) == (410, "folder_gone"), path
