from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.runtime.bus import Bus
from tests.support.app import temporary_data_dir


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with temporary_data_dir() as folder:
        yield folder


@pytest.fixture
def bus(data_dir: Path) -> Bus:
    return Bus(data_dir / "run")
