"""The names of editions, by which the rest of the domain refers to them: series, number, and the content's digest."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from domain.values import Sha256, Value

SeriesName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""The name that all editions of one thing share, such as interim-report."""

EditionNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[.][1-9][0-9]{0,2}$")]
"""The year of an edition and its number in it, such as 2026.1."""


class EditionReference(Value):
    """A confirmed edition, by its content."""

    name: SeriesName
    edition: EditionNumber
    sha256: Sha256

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"
