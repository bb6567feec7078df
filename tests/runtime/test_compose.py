"""docker-compose.yml runs the supervisor's processes, and invents no secret."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from backend.runtime.processes import MIGRATION, PROCESSES
from tests.support.app import ROOT

SECRETS = {"POSTGRES_PASSWORD": "a", "TURN_USER": "b", "TURN_PASSWORD": "c"}


def _compose() -> list[str] | None:
    """Return the command of a compose client on this machine, or None."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            asked = subprocess.run([*command, "version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return command
    return None


def _services() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_services_are_the_processes_of_the_supervisor():
    services = _services()
    ours = {spec.name: spec for spec in (*PROCESSES, MIGRATION)}
    assert set(services) == {*ours, "postgres", "coturn"}
    for name, spec in ours.items():
        assert services[name]["command"] == ["python", "-m", spec.module]
        assert spec.environment.items() <= services[name]["environment"].items()
        assert "data:/data" in services[name]["volumes"]


def test_every_process_is_watched():
    for spec in PROCESSES:
        test = _services()[spec.name]["healthcheck"]["test"]
        assert test == ["CMD", "python", "-m", "backend.runtime.pulse", spec.name]


@pytest.mark.skipif(_compose() is None, reason="no compose client on this machine")
def test_a_compose_client_accepts_it_and_refuses_to_start_without_secrets(tmp_path: Path):
    empty = tmp_path / "empty.env"
    empty.touch()
    environment = {key: value for key, value in os.environ.items() if key not in SECRETS}
    options = {"cwd": ROOT, "capture_output": True, "text": True, "check": False}
    with_secrets = subprocess.run(
        [*_compose(), "--env-file", str(empty), "config"], env={**environment, **SECRETS}, **options
    )
    assert with_secrets.returncode == 0, with_secrets.stderr
    services = yaml.safe_load(with_secrets.stdout)["services"]
    assert services["api"]["environment"]["BUNRAKU_HOST"] == "127.0.0.1"
    for missing in SECRETS:
        some = {key: value for key, value in SECRETS.items() if key != missing}
        refused = subprocess.run(
            [*_compose(), "--env-file", str(empty), "config"], env={**environment, **some}, **options
        )
        assert refused.returncode != 0
        assert missing in refused.stderr
