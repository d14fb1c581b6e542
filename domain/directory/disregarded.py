"""The placeholder for an event that counts for nothing."""

from __future__ import annotations

from typing import Literal

from domain.values import Moment, Value


class Disregarded(Value):
    """A placeholder for an event that is not validly signed, or that two guardians set aside. It changes nothing.

    It is never stored: the reader of a stream puts it in the event's place.
    """

    event_type: Literal["Disregarded"] = "Disregarded"
    at: Moment
    recorded: str
    """The type that it was recorded as."""
    reason: str
