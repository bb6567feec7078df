"""What stops a start, and what the person is told."""

import os
import socket
from pathlib import Path

import pytest

from backend.runtime.preflight import PreflightError, check_data_dir, check_port, lock_data_dir
from backend.settings import Settings
from tests.support.app import free_port


def test_a_usable_place_passes(data_dir: Path):
    settings = Settings(data_dir=data_dir / "new", port=free_port())
    check_data_dir(settings)
    check_port(settings)
    assert settings.run_dir.is_dir()
    with lock_data_dir(settings) as lock:
        lock.seek(0)
        assert int(lock.read()) == os.getpid()


def test_a_port_in_use_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PreflightError, match=f"port {port}.*BUNRAKU_PORT="):
            check_port(Settings(port=port))


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PreflightError, match=r"192\.0\.2\.1"):
        check_port(Settings(host="192.0.2.1", port=free_port()))


def test_a_data_directory_that_cannot_be_written(data_dir: Path):
    file = data_dir / "file"
    file.touch()
    with pytest.raises(PreflightError, match="BUNRAKU_DATA_DIR"):
        check_data_dir(Settings(data_dir=file))


def test_a_path_too_long_for_local_sockets(data_dir: Path):
    with pytest.raises(PreflightError, match="too long"):
        check_data_dir(Settings(data_dir=data_dir / ("x" * 100)))


def test_the_second_instance_is_told_who_is_first(data_dir: Path):
    settings = Settings(data_dir=data_dir)
    with (
        lock_data_dir(settings),
        pytest.raises(PreflightError, match=f"already running.*process {os.getpid()}"),
    ):
        lock_data_dir(settings)
    lock_data_dir(settings).close()
