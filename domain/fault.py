"""A fault as a value. A check returns None where there is no fault, and no text means that all is well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. It is always true, so that checks are chained with `or` and the first fault stands.

    Raises:
        ValueError: It has no words: then nothing is wrong, and there is no fault.
    """

    words: str
    """The text for people: the fault and, where there is one, the remedy."""

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a fault says what is wrong")

    def __str__(self) -> str:
        return self.words
