"""The `accord` program as a person meets it, and the program started so that it dies, or finds the disk full."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.accord import forks
from tests.accord.shell import Answer

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
"""Seconds after which a command is said to hang."""

WATCHES = """
import errno, os, signal, sys

def watch(event, arguments):
    if event not in {events!r}:
        return
    folder, name = os.path.split(os.path.abspath(os.fspath(arguments[0])))
    if folder == {folder!r} and name.startswith("ACCM"):
        {act}

sys.addaudithook(watch)
"""
"""What Python runs before a program: something happens when it is about to do one of these to a file in a folder."""

DIES = "os.kill(os.getpid(), signal.SIGKILL)"
FILLS = "raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))"
"""What can happen: the program is killed; the disk is full."""


class Terminal:
    """Runs `accord`, each command in a process of its own."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
        self._environment = {**kept, **forks.LOOKS, **environment}

    async def __call__(self, *words: object) -> Answer:
        """Run a command, however it ends."""
        said = tuple(map(str, words))
        ended = await forks.run(said, self._environment, PATIENCE)
        return Answer(said, ended.code, ended.output.decode(), ended.messages.decode())

    async def until_it(self, happens: str, events: tuple[str, ...], folder: Path, *words: object) -> Answer:
        """Run a command, and let something happen when it does one of these (audit events) to a file in a folder."""
        hook = folder.parent / "hook"
        hook.mkdir(exist_ok=True)
        watch = WATCHES.format(events=events, folder=str(folder), act=happens)
        (hook / "sitecustomize.py").write_text(watch, "utf-8")
        return await self._anew([sys.executable, "-m", "accord"], words, PYTHONPATH=str(hook))

    async def on_a_full_disk(self, *words: object) -> Answer:
        """Run a command that cannot write a whole file: the limit ends it after a kilobyte."""
        limited = 'ulimit -f 1 && exec "$0" "$@"'
        return await self._anew(["bash", "-c", limited, sys.executable, "-m", "accord"], words)

    async def _anew(self, program: list[str], words: tuple[object, ...], **environment: str) -> Answer:
        said = tuple(map(str, words))
        process = await asyncio.create_subprocess_exec(
            *program, *said, cwd=ROOT, env={**self._environment, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            output, messages = await process.communicate()
        assert process.returncode is not None
        return Answer(said, process.returncode, output.decode(), messages.decode())
