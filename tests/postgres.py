"""A real PostgreSQL server from the system's packages, for tests marked `postgres`.

It listens on loopback only, keeps its files in a folder of its own, and is stopped and deleted at the end.
`initdb` refuses to run as root; then the server runs as the user `postgres` of the package, or `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `new_database()` gives the URL of an empty database."""

    bin: Path
    port: int
    user: str | None

    def new_database(self, name: str, *, encoding: str = "UTF8", locale: str = "C.UTF-8") -> str:
        options = [f"--encoding={encoding}", f"--locale={locale}", "--template=template0", name]
        self.run("createdb", "--host=127.0.0.1", f"--port={self.port}", "--username=tape", *options)
        return f"postgresql+psycopg://tape@127.0.0.1:{self.port}/{name}"

    def run(self, program: str, *arguments: str) -> None:
        run([str(self.bin / program), *arguments], user=self.user)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for the whole run."""
    bin_ = find_bin()
    folder = Path(tempfile.mkdtemp(prefix="labtape-postgres-"))
    user = other_user() if os.geteuid() == 0 else None
    try:
        if user:
            shutil.chown(folder, user)
        server = Server(bin_, free_port(), user)
        data = str(folder / "data")
        server.run(
            "initdb", f"--pgdata={data}", "--username=tape", "--auth=trust", "--no-sync", "--encoding=UTF8"
        )
        options = f"-h 127.0.0.1 -p {server.port} -k {folder} -c fsync=off"
        server.run(
            "pg_ctl", "start", "-w", f"--pgdata={data}", f"--options={options}", f"--log={folder / 'log'}"
        )
        try:
            yield server
        finally:
            server.run("pg_ctl", "stop", "-w", "--mode=immediate", f"--pgdata={data}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_bin() -> Path:
    """The folder of the server's programs, installed with apt-get where that is possible."""
    if found := installed_bin():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip(
            "PostgreSQL is not installed (no initdb), and only root can install it: apt-get install postgresql"
        )
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "postgresql"]):
        done = subprocess.run(command, text=True, check=False, **quiet)
        if done.returncode:
            pytest.skip(
                f"PostgreSQL is not installed and {' '.join(command)} failed: {done.stderr.strip()[-200:]}"
            )
    found = installed_bin()
    assert found, "apt-get installed postgresql, but there is no initdb"
    return found


def installed_bin() -> Path | None:
    """Where initdb is: the newest version of the packages, else on the path."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parents[1].name), reverse=True
    )
    on_path = shutil.which("initdb")
    found = packaged[0] if packaged else Path(on_path) if on_path else None
    return found.resolve().parent if found else None


def other_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(command: Sequence[str], *, user: str | None) -> None:
    """Run it as that user. Output goes to a file: the server inherits it, and a pipe would never close."""
    groups = {"group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            list(command),
            stdout=output,
            stderr=output,
            check=False,
            cwd="/",
            user=user,
            timeout=120,
            **groups,
        )
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    assert done.returncode == 0, f"{Path(command[0]).name} failed: {said[-500:]}"
