"""A PostgreSQL cluster of our own, from the binaries of the Debian package, thrown away afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


def binaries() -> Path:
    """Return the folder of initdb and postgres of the newest installed version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed; run: apt-get install postgresql"
    return found[-1].parent


class Cluster:
    """Listens on a free loopback port; PostgreSQL refuses root, so root runs it as user postgres."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bunraku-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "bunraku", "-A", "trust", "-E", "UTF8", "-N"
        )
        self.start()

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [str(binaries() / command[0]), *command[1:]],
            user=self._user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} "
            "-c fsync=off -c autovacuum=off -c max_connections=30 -c shared_buffers=16MB"
        )
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", "log", "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://bunraku@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Create an empty database and return its URL."""
        self._run(
            "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bunraku", "-d", "postgres",
            "-q", "-c", f"CREATE DATABASE {database}",
        )  # fmt: skip
        return self.url(database)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
