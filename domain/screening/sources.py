"""Where evidence from the public registers stands: the version of a register, and the row in it (R19)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.values import (
    Sha256,
    Since,
    Value,
    is_none,
)


class RegisterVersion(Value):
    """One loaded version of a public register."""

    register_name: str
    version: int
    sha256: Sha256
    source_date: date
    confirmed_on: Annotated[date | None, Since("2026.3"), Field(exclude_if=is_none)] = None
    """The last day on which the publisher confirmed that nothing newer is published, or None if it was not asked."""

    @property
    def current_on(self) -> date:
        """The last day on which the version is known to have been current."""
        return max(self.source_date, self.confirmed_on or self.source_date)


def confirmed_since(version: RegisterVersion, in_force: RegisterVersion | None) -> date:
    """Return the last day on which a version is known to have been current, by now. `in_force`: the same, as it is now.

    A publisher that has nothing newer extends what rests on a version, without an event of its own.
    """
    return max(version.current_on, in_force.current_on) if in_force is not None else version.current_on


class Source(Value):
    """A row's source: the version, the file, the line and the row as published."""

    register_version: RegisterVersion
    file: str
    line: int
    row: str
    listed_since: Annotated[int | None, Since("2026.3")] = None
    """The version that first listed the row. `file` and `line` are its place in that version."""

    def __str__(self) -> str:
        version = self.register_version
        return (
            f"{version.register_name} version {version.version} of {version.source_date}, "
            f"{self.file} line {self.line}, sha256 {version.sha256[:16]}"
        )
