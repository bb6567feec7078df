import av
import numpy as np
import pytest

from backend.video.encoder import CameraEncoder, bit_rate
from tests.video.pictures import header, picture


def decode(stream: list[bytes]) -> list[np.ndarray]:
    codec = av.CodecContext.create("h264", "r")
    frames = [frame for data in stream for frame in codec.decode(av.Packet(data))]
    return [frame.to_ndarray(format="rgb24") for frame in (*frames, *codec.decode(None))]


def encode(encoder: CameraEncoder, indices, width=640, height=480, fps=30.0):
    for index in indices:
        yield encoder.encode(
            header(index, width=width, height=height, fps=fps), picture(index, width, height)
        )


def test_one_packet_per_picture_with_its_stamp_and_its_content():
    packets = list(encode(CameraEncoder(2e6), range(20)))
    assert [packet.seq for packet, _ in packets] == list(range(20))
    assert [packet.t_ns for packet, _ in packets] == [header(index).t_ns for index in range(20)]
    decoded = decode([data for _, data in packets])
    assert len(decoded) == 20
    for index, image in enumerate(decoded):
        sent = np.frombuffer(picture(index), np.uint8).reshape(480, 640, 3).astype(float)
        # ringing at the edges of the texture is allowed, a wrong or shifted picture is not
        assert np.abs(image.astype(float) - sent).mean() < 12


def test_a_key_frame_every_second_of_capture_time_however_slow_the_camera():
    packets = list(encode(CameraEncoder(2e6), range(50), fps=10.0))
    keyframes = [packet.t_ns for packet, _ in packets if packet.keyframe]
    assert np.diff(keyframes).max() <= 1e9
    assert len(keyframes) == 5


def test_cameras_take_turns_with_their_key_frames():
    def keyframes(phase_ns):
        packets = encode(CameraEncoder(2e6, phase_ns), range(60))
        return {packet.seq for packet, _ in packets if packet.keyframe} - {0}

    assert not keyframes(0) & keyframes(333_000_000)


def test_a_key_frame_on_request_but_not_more_often_than_the_limit():
    encoder = CameraEncoder(2e6)
    keyframes = []
    for index in range(30):
        encoder.request_keyframe()
        packet, _ = encoder.encode(header(index), picture(index))
        keyframes += [packet.t_ns] if packet.keyframe else []
    assert len(keyframes) == 4
    assert np.diff(keyframes).min() >= 300e6


def test_the_stream_survives_a_change_of_size():
    encoder = CameraEncoder(2e6)
    before = list(encode(encoder, range(5)))
    after = list(encode(encoder, range(5, 10), width=320, height=240))
    assert after[0][0].keyframe
    assert (after[0][0].width, after[0][0].height) == (320, 240)
    shapes = [image.shape for image in decode([data for _, data in before + after])]
    assert shapes == [(480, 640, 3)] * 5 + [(240, 320, 3)] * 5


def test_pictures_that_cannot_be_encoded_are_refused():
    encoder = CameraEncoder(2e6)
    assert encoder.encode(header(1), picture(1)) is not None
    assert encoder.encode(header(1), picture(1)) is None, "its time does not advance"
    assert encoder.encode(header(2), picture(2)[:-1]) is None, "a byte is missing"
    assert encoder.encode(header(3), picture(3)) is not None
    with pytest.raises(av.FFmpegError):
        encoder.encode(header(4, width=321, height=241), picture(4, 321, 241))
    assert encoder.encode(header(5), picture(5)) is not None, "an odd size must not end the camera"


@pytest.mark.parametrize(
    ("width", "height", "fps", "mbit_s"),
    [(640, 480, 30, 2.0), (320, 240, 30, 0.8), (1280, 720, 30, 4.0), (640, 480, 60, 2.8)],
)
def test_bit_rates_follow_the_size(width, height, fps, mbit_s):
    assert bit_rate(width, height, fps, 2e6) == pytest.approx(mbit_s * 1e6, rel=0.05)


def test_the_bit_rate_is_kept_and_key_frames_are_bounded():
    packets = list(encode(CameraEncoder(1e6), range(150)))
    sizes = np.array([len(data) for _, data in packets])
    assert sizes.sum() * 8 / 5 < 1.1e6
    assert sizes.max() * 8 < 0.3e6, "one picture may not exceed the rate control's buffer"
