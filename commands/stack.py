"""Make the embedded stack, or say plainly that this installation does not carry it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commands.faults import BadInput, Refused

if TYPE_CHECKING:
    from deploy.embedded.stack import Stack


def make_stack(folder: Path, workers: int = 1) -> Stack:
    """Return a stack that was not started yet.

    Raises:
        BadInput: The embedded extra is not installed.
        Refused: A stack runs in this folder already.
    """
    try:
        from deploy.embedded.stack import Stack, StackRuns
    except ImportError as fault:
        raise BadInput(f"the embedded stack is not installed ({fault.name}); install accord[embedded]") from fault
    try:
        return Stack(folder, workers)
    except StackRuns as fault:
        raise Refused(f"{fault}; use it, or stop it first") from fault
