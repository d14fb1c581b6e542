"""The process that keeps the sanctions lists for a worker, which starts it: `python -m registers.screening.keeping`.

It indexes them and does the work on them, so that neither holds up the worker's event loop. It ends with its pipe.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from registers.screening.lists import Kept, Key
from registers.screening.messages import (
    Begin,
    Message,
    More,
    RowsComplete,
    ScreeningReply,
    ScreeningWork,
    packed,
    receive,
)


class Keeping:
    """The lists that a process keeps, and the rows of those that are on their way to it."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._coming: dict[Key, list[Mapping[str, Any]]] = {}

    def answer(self, message: Message) -> ScreeningReply:
        """Carry out a message."""
        # No fault: whoever asks sends the lists then, and asks again.
        if isinstance(message, ScreeningWork) and message.key not in self._kept:
            return ScreeningReply(lacks=True)
        try:
            return ScreeningReply(self._done(message))
        except Exception as fault:
            return ScreeningReply(fault=f"{type(fault).__name__}: {fault}")

    def _done(self, message: Message) -> Any:
        match message:
            case Begin(key):
                self._coming[key] = []
            case More(key, rows):
                self._coming[key].extend(rows)
            case RowsComplete(key):
                self._kept.add(key, self._coming.pop(key))
            case ScreeningWork(key, work, args, keywords):
                return work(self._kept[key], *args, **keywords)
        return None


def serve(source: BinaryIO, answers: BinaryIO) -> None:
    """Answer one message after the other, until there is nobody to answer."""
    keeping = Keeping()
    while (message := receive(source)) is not None:
        answers.write(packed(keeping.answer(message)))
        answers.flush()


def main() -> None:
    """Keep lists for the process that started this one. What anything prints goes to standard error."""
    # Ctrl-C in a terminal reaches this process too; it ends when its worker closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A stray print would otherwise be read as an answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
