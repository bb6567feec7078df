import pytest

from devices.robots.g1_spec import g1_spec


@pytest.fixture(scope="session")
def spec():
    return g1_spec()
