"""Child processes: started with a log file, watched, stopped by SIGTERM or else by SIGKILL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

STOP_SECONDS: Final = 30.0


class ChildProcess:
    """A program that we start and stop as a child process, with its output in a log file."""

    def __init__(self, name: str, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._logged_before = 0

    @property
    def pid(self) -> int:
        """The process id, or 0 before the first start."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start the program. Its output is appended to its log.

        It gets a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which then stops its
        child processes one after the other.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._logged_before = log.tell()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """True if the program runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Send SIGTERM, wait for the program to end, and send SIGKILL if it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def last_lines(self, count: int = 5) -> str:
        """Return the last lines that the program logged since its start, for an error message, or '' without any.

        What a Go program dies of stands before the traces of its goroutines, of which there may be hundreds of lines.
        """
        if not self._log.exists():
            return ""
        log_text = self._log.read_bytes()[self._logged_before :].decode("utf-8", errors="replace")
        cause, _, _ = log_text.partition("\ngoroutine ")
        return "\n".join(cause.strip().splitlines()[-count:])


def program(name: str) -> str:
    """Return the path of a program installed from a wheel, beside the interpreter or on the PATH.

    Raises:
        FileNotFoundError: The program is not installed.
    """
    beside = Path(sys.executable).parent / name
    path = str(beside) if beside.exists() else shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"the program {name!r} is missing; install accord[embedded]")
    return path
