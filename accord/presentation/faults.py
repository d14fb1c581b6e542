"""Failures shown to the user of a command: one line with fault and remedy, and an exit code for each kind."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The meaning of a command's exit code."""

    DONE = 0
    REFUSED = 1
    BAD_INPUT = 2
    UNREACHABLE = 3


class Failure(Exception):
    """A failure with a message for the user and the exit code of the command."""

    exit_code = ExitCode.BAD_INPUT


class Refused(Failure):
    """The domain refused the command. Nothing changed. `kind` is the name of the domain's error."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class BadInput(Failure):
    """Input that cannot be used. Nothing was sent."""


class Unreachable(Failure):
    """A service did not answer. `plain`: what a page says of it, without commands of the shell, if that differs."""

    exit_code = ExitCode.UNREACHABLE

    def __init__(self, message: object = "", plain: str = "") -> None:
        super().__init__(message)
        self.plain = plain
