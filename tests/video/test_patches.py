import subprocess
import sys

import aiortc
import pytest
from aioice import ice
from aiortc import rtcrtpsender, rtp

from backend.video import aiortc_patches


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (rtp, "HeaderExtensionsMap"),
        (aiortc.RTCRtpSender, "_send_keyframe"),
        (aiortc.RTCRtpSender, "_run_rtp"),
        (rtcrtpsender, "uint32_add"),
        (ice, "CONSENT_FAILURES"),
        (ice.Connection, "query_consent"),
    ],
)
def test_the_self_test_fails_loudly_when_a_name_is_missing(monkeypatch, owner, name):
    aiortc_patches.check()
    monkeypatch.delattr(owner, name)
    with pytest.raises(aiortc_patches.PatchError, match=name):
        aiortc_patches.check()


def test_the_self_test_fails_when_a_name_is_there_but_no_longer_used(monkeypatch):
    monkeypatch.setattr(aiortc.RTCRtpSender, "_run_rtp", lambda self, codec: None)
    with pytest.raises(aiortc_patches.PatchError, match="no longer uses uint32_add"):
        aiortc_patches.check()


def test_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(aiortc_patches, "version", lambda name: "1.17.0")
    with pytest.raises(aiortc_patches.PatchError, match=r"1\.17\.0"):
        aiortc_patches.check()


def test_the_process_does_not_start_on_an_unknown_aiortc(tmp_path):
    program = (
        "import aiortc; del aiortc.RTCRtpSender._send_keyframe\n"
        "from backend.video.process import main; main()"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.returncode != 0
    assert "PatchError" in run.stderr
    assert "_send_keyframe is missing" in run.stderr


def test_packets_carry_the_playout_delay_when_it_was_negotiated():
    aiortc_patches.apply()
    extension = aiortc.rtcrtpparameters.RTCRtpHeaderExtensionParameters
    values = rtp.HeaderExtensions(abs_send_time=1)
    plain = rtp.HeaderExtensionsMap()
    asked = rtp.HeaderExtensionsMap()
    asked.configure(
        aiortc.rtcrtpparameters.RTCRtpParameters(
            headerExtensions=[extension(id=7, uri=aiortc_patches.PLAYOUT_DELAY_URI)]
        )
    )
    assert rtp.unpack_header_extensions(*plain.set(values)) == []
    assert rtp.unpack_header_extensions(*asked.set(values)) == [(7, bytes(3))]


def test_applying_twice_changes_nothing():
    aiortc_patches.apply()
    extensions = list(aiortc.codecs.HEADER_EXTENSIONS["video"])
    send_keyframe = aiortc.RTCRtpSender._send_keyframe
    aiortc_patches.apply()
    assert extensions == aiortc.codecs.HEADER_EXTENSIONS["video"]
    assert send_keyframe is aiortc.RTCRtpSender._send_keyframe
