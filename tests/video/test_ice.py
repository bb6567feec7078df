import pytest

from backend.video.ice import ice_server


def test_stun_and_turn_are_read():
    stun = ice_server("stun:stun.example.org:19302")
    assert (stun.urls, stun.username, stun.credential) == ("stun:stun.example.org:19302", None, None)
    turn = ice_server("turn:bunraku:s:cret@10.0.0.1:3478?transport=tcp")
    assert turn.urls == "turn:10.0.0.1:3478?transport=tcp"
    assert (turn.username, turn.credential) == ("bunraku", "s:cret")


@pytest.mark.parametrize("url", ["", "http://10.0.0.1", "turn:", "stun:a@b@c"])
def test_other_forms_are_refused_with_the_allowed_ones(url):
    with pytest.raises(ValueError, match="allowed are stun:HOST"):
        ice_server(url)
