"""The messages between a process and the one that keeps its lists: a length, and then as many bytes."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias

from registers.screening.lists import Key

_LENGTH: Final = struct.Struct("!I")


class Begin(NamedTuple):
    """Lists of which rows will come."""

    key: Key


class More(NamedTuple):
    """Some of their rows."""

    key: Key
    rows: Sequence[Mapping[str, Any]]


class RowsComplete(NamedTuple):
    """All rows have come: the lists are to be indexed."""

    key: Key


class ScreeningWork(NamedTuple):
    """A piece of work on lists."""

    key: Key
    work: Callable[..., Any]
    args: tuple[Any, ...]
    named: dict[str, Any]


class ScreeningReply(NamedTuple):
    """The outcome of a message: the result of the work, or a fault in words."""

    content: Any = None
    fault: str = ""
    lacks: bool = False
    """True if the lists that were asked about are not there (any more), and must be sent first."""


Message: TypeAlias = Begin | More | RowsComplete | ScreeningWork

LENGTH_BYTES: Final = _LENGTH.size


def packed(message: Message | ScreeningReply) -> bytes:
    """Return a message as it is sent."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(content)) + content


def length_of(head: bytes) -> int:
    """Return the number of bytes that follow."""
    return int(_LENGTH.unpack(head)[0])


def unpacked(content: bytes) -> Any:
    """Return a message of the process that we started, or that started us: nobody else writes to their pipe."""
    return pickle.loads(content)  # noqa: S301


def receive(source: BinaryIO) -> Any:
    """Return the next message, or None once the other process has closed the pipe or is gone."""
    head = source.read(LENGTH_BYTES)
    return unpacked(source.read(length_of(head))) if len(head) == LENGTH_BYTES else None
