"""What a stack's folder may hold of a stack before: one that runs still, or processes that a dead supervisor left."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from deploy.embedded.processes import STOP_SECONDS
from deploy.embedded.programs import STARTS
from deploy.settings import StackState


class StackRuns(RuntimeError):
    """A stack runs in this folder already."""


def refuse_a_second(folder: Path, before: StackState | None) -> None:
    """Raise StackRuns if another supervisor is alive, or terminate the processes that a dead one left behind."""
    if before is None:
        return
    if before.supervisor_pid != os.getpid() and psutil.pid_exists(before.supervisor_pid):
        raise StackRuns(f"a stack runs in {folder} already (process {before.supervisor_pid})")
    left_over = [
        psutil.Process(pid)
        for name, pid in before.pids.items()
        if name != "postgres" and _is_left_over(name, pid, str(folder))
    ]
    for process in left_over:
        process.terminate()
    for process in psutil.wait_procs(left_over, STOP_SECONDS)[1]:
        process.kill()


def _is_left_over(name: str, pid: int, folder: str) -> bool:
    """True if a process id still belongs to the child that we started, and was not reused since."""
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    if name == "temporal":
        return folder in " ".join(command)
    return any(command[1 : 1 + len(start)] == start for start in STARTS)
