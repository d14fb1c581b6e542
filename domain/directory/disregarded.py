"""An event that counts for nothing, as a reader of its stream sees it."""

from __future__ import annotations

from typing import Literal

from domain.values import Moment, Value


class Disregarded(Value):
    """An event that was not signed by whom it names, or that two guardians set aside. It changes nothing.

    It is never stored: whoever reads the stream makes it.
    """

    event_type: Literal["Disregarded"] = "Disregarded"
    at: Moment
    recorded: str
    """The type that it was recorded as."""
    reason: str
