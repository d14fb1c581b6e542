"""A terminal of a reader: one shell in a folder of its own, with the program on its path and a stack that is up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from deploy.settings import StackState
from tests.conftest import ROOT
from tests.tours.documents import Reading, Typed
from tests.waiting import BACKSTOP

END: Final = "--- the answer ends here ---"
UP: Final = b"Ctrl-C"
"""What a stack says once it is up and stays so."""


class Answered(NamedTuple):
    """What a shell printed for a line, and the code with which it ended."""

    words: str
    code: int


class Terminal:
    """One shell, in which lines are typed one after the other."""

    def __init__(self, shell: asyncio.subprocess.Process) -> None:
        self._shell = shell

    async def type(self, line: str) -> Answered:
        """Type a line, and return what is answered."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{line}\ncode=$?; echo; echo '{END}' $code\n".encode())
        async with asyncio.timeout(BACKSTOP):
            words = await self._shell.stdout.readuntil(END.encode())
            code = int(await self._shell.stdout.readline())
        return Answered(words.decode().removesuffix(END).rstrip(), code)


def place(folder: Path) -> dict[str, str]:
    """Make a reader's folder with the samples and the program, and return its environment."""
    folder.mkdir()
    for name in ("deploy", "examples", "docs"):
        (folder / name).symlink_to(ROOT / name)
    programs = folder / "bin"
    programs.mkdir()
    (programs / "accord").write_text(f'#!/bin/sh\nexec {sys.executable} -m accord "$@"\n')
    (programs / "accord").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
    path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), kept.get("PATH", "")))
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}


@asynccontextmanager
async def a_stack(folder: Path, environment: dict[str, str], *words: str) -> AsyncIterator[None]:
    """Keep a stack up in a reader's folder, as a command in another terminal does."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=folder, env=environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert running.stdout is not None
    said = b""
    try:
        async for line in running.stdout:
            said += line
            if UP in line:
                break
        assert UP in said, said.decode()
        yield
    finally:
        if running.returncode is None:
            running.send_signal(signal.SIGINT)
        await running.communicate()


@asynccontextmanager
async def a_terminal(folder: Path, environment: dict[str, str]) -> AsyncIterator[Terminal]:
    """Open a shell in a reader's folder."""
    shell = await asyncio.create_subprocess_exec(
        "bash", cwd=folder, env=environment, limit=1 << 24,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    yield Terminal(shell)
    assert shell.stdin is not None
    shell.stdin.close()
    await shell.wait()


def stack_in(folder: Path) -> StackState:
    """Return the stack that is up in a reader's folder."""
    return StackState(**json.loads((folder / ".accord" / "stack.json").read_text("utf-8")))


async def faults_of(terminal: Terminal, reading: Reading, typed: Typed) -> list[str]:
    """What is otherwise than a document says, of a line that is typed."""
    answer = await terminal.type(reading.line(typed.line))
    faults = [f"does not answer {one!r}" for one in reading.lacks(typed, answer.words)]
    if bool(answer.code) != typed.is_refused:
        faults.append(f"ends with {answer.code}")
    return [f"`{typed.line}` {fault}, but\n{answer.words}" for fault in faults]
