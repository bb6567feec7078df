"""A Slurm of one node on loopback, with keys and state in a folder of its own."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")


def missing() -> str:
    """Return why there can be no cluster here; empty when there can."""
    absent = [name for name in DAEMONS if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None]
    if absent:
        return f"not installed: {', '.join(absent)} (apt-get install slurmctld slurmd slurm-client munge)"
    return "" if os.geteuid() == 0 else "slurmd and munged of another user need root"


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SlurmCluster:
    """munged, slurmctld and slurmd in the foreground, as children of the test."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bunraku-slurm-"))
        self.folder.chmod(0o755)
        host = socket.gethostname().partition(".")[0]
        config = {
            "ClusterName": "bunraku",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.folder}/munge.socket",
            "CredType": "cred/munge",
            "SlurmctldPort": _port(),
            "SlurmdPort": _port(),
            "StateSaveLocation": self.folder / "state",
            "SlurmdSpoolDir": self.folder / "spool",
            "SlurmctldPidFile": self.folder / "slurmctld.pid",
            "SlurmdPidFile": self.folder / "slurmd.pid",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core",
            "SchedulerParameters": "sched_min_interval=100000",
            "ReturnToService": 2,
            "MpiDefault": "none",
            "SlurmdParameters": "config_overrides",
            "KillWait": 2,
            "InactiveLimit": 0,
        }
        lines = [f"{name}={value}" for name, value in config.items()]
        lines += [f"NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN"]
        lines += [f"PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP"]
        (self.folder / "slurm.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        self.environment = {"SLURM_CONF": str(self.folder / "slurm.conf")}
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = [f"--{name}={self.folder}/munged.{name}" for name in ("pid-file", "seed-file", "log-file")]
        self._run(
            "munged", "--foreground", "--force", f"--key-file={key}",
            f"--socket={self.folder}/munge.socket", *files,
        )  # fmt: skip
        self._wait(lambda: (self.folder / "munge.socket").exists(), "munged")
        self._run("slurmctld", "-D", "-i")
        self._wait(lambda: self._asks("scontrol", "ping").returncode == 0, "slurmctld")
        self._run("slurmd", "-D")
        self._wait(lambda: "idle" in self._asks("sinfo", "-h", "-o", "%t").stdout, "slurmd")

    def _run(self, name: str, *arguments: str) -> None:
        command = [shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin"), *arguments]
        log = (self.folder / f"{name}.out").open("wb")
        self._children.append(
            subprocess.Popen(command, env=os.environ | self.environment, stdout=log, stderr=log)
        )

    def _asks(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=os.environ | self.environment, capture_output=True, text=True, check=False
        )

    def _wait(self, condition, name: str) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            output = (self.folder / f"{name}.out").read_text(errors="replace")[-2000:]
            assert self._children[-1].poll() is None, f"{name} ended: {output}"
            assert time.monotonic() < deadline, f"{name} does not come up: {output}"
            time.sleep(0.1)

    def stop(self) -> None:
        for child in reversed(self._children):
            child.terminate()
        for child in self._children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
