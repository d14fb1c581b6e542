"""Two dates on a page: what was true then, and what was known. They are in its address, which shows the same later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from starlette.requests import Request

from accord.presentation.faults import BadInput
from accord.presentation.numbers import whole_number
from accord.presentation.times.moments import moment_of
from domain.recorded.event import RecordedEvent
from records.read_models.as_of import LedgerAsOf


@dataclass(frozen=True, slots=True)
class Times:
    """The two dates of a page, as they were asked for, both empty for the present."""

    true: str = ""
    known: str = ""
    version: str = ""
    """A version of one partnership, such as the one that a signer was shown, or '' for the newest."""

    @classmethod
    def of(cls, request: Request) -> Self:
        """Return the dates in an address."""
        parameters = request.query_params
        return cls(*(parameters.get(name, "").strip() for name in ("true", "known", "version")))

    @property
    def are_present(self) -> bool:
        """True if the present is shown."""
        return self == Times()

    @property
    def given(self) -> dict[str, str]:
        """The dates as fields of an address, empty for the present."""
        dates = {"true": self.true, "known": self.known, "version": self.version}
        return {name: text for name, text in dates.items() if text}

    @property
    def cut(self) -> LedgerAsOf:
        """The limits on events that they mean. Raises BadInput if one is no day or time."""
        return LedgerAsOf(moment_of(self.true or None, "true"), moment_of(self.known or None, "known"))

    def within(self, history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
        """Return the events of a partnership that had happened, and were known, by then. Raises BadInput likewise."""
        ledger_as_of = self.cut
        upto = len(history) if not self.version else _version(self.version)
        return [event for event in history[:upto] if _is_within(event, ledger_as_of)]


def _is_within(recorded_event: RecordedEvent, ledger_as_of: LedgerAsOf) -> bool:
    event: Any = recorded_event.event
    is_past = ledger_as_of.true_at is None or event.at <= ledger_as_of.true_at
    return is_past and (
        ledger_as_of.known_at is None
        or recorded_event.recorded_at is None
        or recorded_event.recorded_at <= ledger_as_of.known_at
    )


def _version(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise BadInput(f"version: {text!r} is no version; it is the number of an event of the partnership")
    return number
