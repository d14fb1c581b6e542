"""A release as it was, out of the repository's history, and its processes beside those of another."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final, NamedTuple

from deploy.embedded.processes import ChildProcess
from deploy.embedded.stack import Stack
from deploy.payloads.keys import make_payload_keys
from deploy.settings import DATABASE_VARIABLE, SECRETS_VARIABLE

ROOT: Final = Path(__file__).resolve().parents[2]
COMMITS: Final = {"0.2.0": "ce9ddb6d", "0.3.0": "29eb5c37"}
PEOPLE: Final = Path(__file__).with_name("people.py")


class Answer(NamedTuple):
    """The end of a command: its exit code, and what it printed."""

    code: int
    words: str


class Release(NamedTuple):
    """A release's code in a folder."""

    name: str
    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a process of this folder's interpreter runs that code and no other."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
        return {**kept, "PYTHONPATH": str(self.root), "PYTHONSAFEPATH": "1"}


THIS: Final = Release("this release", ROOT)


class HistoryMissing(RuntimeError):
    """The repository here does not hold the commit of a release."""


def as_released(version: str, folder: Path) -> Release:
    """Put a release's code in a folder. It runs with the libraries that are installed: they fit its requirements.

    Raises:
        HistoryMissing: This is no repository, or a shallow one.
    """
    archive = subprocess.run(["git", "-C", ROOT, "archive", COMMITS[version]], capture_output=True)
    if archive.returncode:
        raise HistoryMissing(f"release {version} is commit {COMMITS[version]}: {archive.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return Release(version, folder)


class Servers(Stack):
    """Both servers of an installation whose other processes are of several releases."""

    async def start(self) -> tuple[str, ...]:
        """Start both servers, without a schema: a release migrates."""
        await asyncio.to_thread(self.postgres.start)
        await self.postgres.create_database()
        make_payload_keys(self.postgres.secrets)
        await self.server.start()
        return ()

    def process(self, release: Release, name: str, *words: str, address: str = "") -> ChildProcess:
        """Start a process of a release, with the login of its task if the address names no other."""
        log = self.folder / "logs" / f"{name}.log"
        settings = {**release.environment, **self._settings, DATABASE_VARIABLE: address or self.postgres.address}
        started = ChildProcess(name, [sys.executable, "-W", "ignore", *words], log, settings)
        started.start()
        return started

    async def accord(self, release: Release, *words: str) -> Answer:
        """Run a command of a release's shell as an administrator."""
        settings = {**release.environment, **self._settings, DATABASE_VARIABLE: self.postgres.url}
        return await answer_of(settings, "-m", "accord", *words)

    async def build_of(self, release: Release) -> str:
        """Return the version under which a release's workers poll."""
        asked = await answer_of(release.environment, "-c", "from deploy.build import build_id; print(build_id())")
        return asked.words.strip()

    @property
    def _settings(self) -> dict[str, str]:
        return {**self.server.settings, SECRETS_VARIABLE: str(self.postgres.secrets), "ACCORD_DATA": str(self.folder)}


async def answer_of(environment: dict[str, str], *words: str) -> Answer:
    """Run this interpreter and return its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    return Answer(process.returncode or 0, printed.decode("utf-8", "replace"))
