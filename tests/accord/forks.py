"""A process that has read the program already and is forked for each command, since reading takes most of its time.

Each command is still a process of its own, with its own arguments, environment and output, and ends as it would.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryFile, gettempdir
from typing import Any, NamedTuple
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psutil import pid_exists
from rich.console import Console
from rigour.names.org_types import remove_org_types
from schwifty import IBAN

from registers.sources.countries import country_code
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

_DESCRIPTORS = 2
"""What comes with a command: where its output and its messages go."""

_CHUNK = 1 << 16
_LOOK_AROUND = 5.0
"""Seconds between two looks whether anybody is there."""


class Ended(NamedTuple):
    """The end of a command, with its words."""

    code: int
    output: bytes
    messages: bytes


async def run(
    words: Sequence[str],
    environment: Mapping[str, str],
    patience: float = BACKSTOP,
    begun: Callable[[int], None] = lambda process: None,
) -> Ended:
    """Run a command in a fork of its own, and tell its process id. Raises TimeoutError, with the command killed."""
    with TemporaryFile() as output, TemporaryFile() as messages:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(_address())
            asked = json.dumps({"words": words, "environment": dict(environment)}).encode()
            socket.send_fds(connection, [asked], [output.fileno(), messages.fileno()])
            connection.shutdown(socket.SHUT_WR)
            connection.setblocking(False)
            reader, writer = await asyncio.open_unix_connection(sock=connection)
            code = await _until_it_ends(reader, patience, begun)
            writer.close()
        output.seek(0)
        messages.seek(0)
        return Ended(code, output.read(), messages.read())


async def _until_it_ends(reader: asyncio.StreamReader, patience: float, begun: Callable[[int], None]) -> int:
    process = int(await reader.readline())
    begun(process)
    try:
        async with asyncio.timeout(patience):
            return int(await reader.readline())
    except TimeoutError:
        os.kill(process, signal.SIGKILL)
        raise


@cache
def _address() -> str:
    """The address on which the process listens.

    The first to ask starts it, once for all processes that run one list of tests, and for each tree.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    asking = os.getppid() if "PYTEST_XDIST_TESTRUNUID" in os.environ else os.getpid()
    folder = Path(gettempdir()) / f"accord-{run}-{crc32(os.fsencode(ROOT)):08x}"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = folder / "forks"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            _start(address, asking)
    return str(address)


def _start(address: Path, asking: int) -> None:
    words = [sys.executable, "-m", "tests.accord.forks", str(address), str(asking)]
    environment = {**os.environ, **LOOKS}
    started = subprocess.Popen(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"


LOOKS = {"NO_COLOR": "1", "COLUMNS": "200"}
"""What the program's libraries look at when they are read, and never again."""


def serve(address: Path, asking: int) -> None:
    """Fork for each command that comes, until the process for which this one was started is gone."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        server.listen()
        server.settimeout(_LOOK_AROUND)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print("ready", flush=True)  # noqa: T201
        while pid_exists(asking):
            with suppress(TimeoutError):
                connection, _ = server.accept()
                if os.fork() == 0:
                    _attend(connection)
                connection.close()
    rmtree(address.parent, ignore_errors=True)


def _attend(connection: socket.socket) -> None:
    """Start the command, tell its process, wait for it, tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection.setblocking(True)
    asked, descriptors, _, _ = socket.recv_fds(connection, _CHUNK, _DESCRIPTORS)
    while more := connection.recv(_CHUNK):
        asked += more
    command: dict[str, Any] = json.loads(asked)
    process = os.fork()
    if process == 0:
        _become(command, *descriptors)
    connection.sendall(f"{process}\n".encode())
    _, status = os.waitpid(process, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(command: dict[str, Any], output: int, messages: int) -> None:
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(messages, 2)
    sys.argv = ["accord", *command["words"]]
    import accord.cli.main

    accord.cli.main.main()
    os._exit(0)


def read_tables() -> None:
    """Use what reads a table at its first use, as each fork would again: the names of countries alone take 1.5 s."""
    country_code("Nowhere")
    remove_org_types("a company limited")
    str(IBAN("DE89370400440532013000").bic)
    Ed25519PrivateKey.generate().public_key()
    Console(file=StringIO()).print("[bold]:warning:[/]")


if __name__ == "__main__":
    for room in ("accord.cli", "accord.presentation", "papers"):
        for module in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            import_module(module.name)  # what the program loads when it is asked for, each fork has already
    import_module("xlsxwriter")
    read_tables()
    gc.collect()
    gc.freeze()
    serve(Path(sys.argv[1]), int(sys.argv[2]))
