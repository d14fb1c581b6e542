"""A process as a container runs it, where no container runtime is: the same folders, read-only, and no rights."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import psutil

from tests.conftest import ROOT

USER: Final = 65532
SOCKET: Final = "/run/.s.PGSQL.5432"
PYTHON: Final = "/usr/bin/python3"
"""The distribution's own: whoever has no rights can run it."""


def may_fill() -> bool:
    """True if a folder can be filled and processes confined to it here."""
    has_all = all(map(shutil.which, ("unshare", "setpriv", "git", PYTHON)))
    return (
        has_all and not subprocess.run([PYTHON, "-c", "import ensurepip"], capture_output=True, check=False).returncode
    )


class Sandbox(NamedTuple):
    """A folder that the image's recipe filled, and one for state."""

    filled: Path
    state: Path

    @classmethod
    def fill(cls, folder: Path) -> Sandbox:
        """Fill an empty folder by the recipe, from what git has of this tree."""
        source, made = folder / "source", cls(folder / "accord", folder / "state")
        subprocess.run(["git", "-C", str(ROOT), "checkout-index", "--all", f"--prefix={source}/"], check=True)
        for path in made:
            path.mkdir(mode=0o755)
        script = "\n".join([*made.laid_out(), f"exec sh {source}/deploy/image/fill.sh /opt/accord console"])
        subprocess.run(["unshare", "--mount", "sh", "-euc", script], check=True, env={**os.environ, "PYTHON": PYTHON})
        for path in (made.state, *made.state.iterdir()):
            shutil.chown(path, USER, USER)
        return made

    def laid_out(self) -> list[str]:
        """The commands that put both folders where the image has them."""
        return [
            "mount --make-rprivate /",
            *(f"mount -t tmpfs tmpfs {folder}" for folder in ("/opt", "/var/lib", "/run")),
            "mkdir /opt/accord /var/lib/accord /run/secrets",
            f"mount --bind {self.filled} /opt/accord",
            f"mount --bind {self.state} /var/lib/accord",
        ]

    async def start(
        self, service: Mapping[str, Any], secrets: Path, settings: Mapping[str, str], socket: Path | None = None
    ) -> Process:
        """Start a service of a compose file by its own command and environment, with the secrets that it lists.

        `socket`: at which PostgreSQL listens, for those who have no network.
        """
        environment = {**settings, **service["environment"]}
        words = [*_confined(environment), *service["command"]]
        script = "\n".join([*self._mounts(service.get("secrets", ()), secrets, socket), "exec " + shlex.join(words)])
        return await asyncio.create_subprocess_exec(
            "unshare", "--mount", "sh", "-euc", script, stdout=PIPE, stderr=PIPE
        )

    def _mounts(self, names: list[str], secrets: Path, socket: Path | None) -> list[str]:
        """The commands that lay out what a container sees. Everything but /tmp and the state is read-only."""
        return [
            *self.laid_out(),
            "mount -o remount,bind,ro /opt/accord",
            *(f"install -o {USER} -g {USER} -m 0400 {secrets / name} /run/secrets/{name}" for name in names),
            *([f"touch {SOCKET}", f"mount --bind {socket} {SOCKET}"] if socket else []),
            "mount -o remount,ro /run",
            "mount -o remount,bind,ro /",
            "cd /var/lib/accord",
        ]


def _confined(environment: Mapping[str, str]) -> list[str]:
    rights = ("--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
    path = "PATH=/opt/accord/bin:/usr/bin:/bin"
    return [
        *("setpriv", f"--reuid={USER}", f"--regid={USER}", *rights),
        *("env", "-i", path, *(f"{name}={value}" for name, value in environment.items())),
    ]


def memory_of(process: Process) -> float:
    """The MiB that a process and what it started hold."""
    root = psutil.Process(process.pid)
    return sum(one.memory_full_info().pss for one in (root, *root.children(recursive=True))) / 2**20


def rights_of(process: Process) -> dict[str, str]:
    """What the kernel says of a process's rights."""
    lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
