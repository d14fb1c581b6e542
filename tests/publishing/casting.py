"""Partnerships as a ledger holds them, and the cases that are published of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from domain.directory.chart import BookBasis
from domain.parties import Funder, Party
from domain.payment.tranche.status import TrancheOutcome
from publishing.cases import GrantCase, Occurrence, Stand, case_of
from tests.builders import funder, funds_out, party
from tests.conftest import ROOT
from tests.domain.books.keeping import Ledger
from tests.domain.partnership import specification as s

SCHEMAS: Path = next(
    (folder for above in ROOT.parents[:2] if (folder := above / "shared" / "data" / "schemas").exists()),
    ROOT.parent / "shared" / "data" / "schemas",
)
"""The standards' own schemas, which are not of this repository: tests that ask them are skipped without them."""
FAR: date = date(2028, 12, 31)
"""A day after all that is told."""
SETTLED = (s.release(1), *s.came_to(TrancheOutcome.SETTLED))


class Cast(Ledger):
    """Partnerships in one ledger. Their stories are told one after another, in the order of the calls."""

    def __init__(self, basis: BookBasis = BookBasis.ACCRUAL) -> None:
        super().__init__(basis)
        self.occurrences: dict[str, list[Occurrence]] = {}

    def take(self, stream: str, *events: Any) -> list[Any]:
        entries = []
        for event in events:
            entries += super().take(stream, event)
            kind, _, name = stream.partition("/")
            if kind == "partnership" and "/" not in name:
                self.occurrences.setdefault(name, []).append(Occurrence(self.position, event.at, event))
        return entries

    def tell(self, reference: str, story: s.Story) -> s.Story:
        """Record a story from its beginning, or what is new of it."""
        known = len(self.occurrences.get(reference, ()))
        self.partnership(reference, story.history[known:])
        return story

    def later(self, first: int, by: timedelta) -> None:
        """Let the entries from a place on be of later days."""
        self.entries[first:] = [replace(entry, on=entry.on + by) for entry in self.entries[first:]]

    def cases(self, on: date = FAR) -> list[GrantCase]:
        """What stands at the end of a day."""
        return [case for reference in self.occurrences if (case := self.case(reference, on)) is not None]

    def case(self, reference: str, on: date = FAR) -> GrantCase | None:
        entries = [entry for entry in self.entries if entry.partnership == reference]
        return case_of(reference, self.occurrences[reference], entries, datetime.combine(on, time.max, UTC))


def filer(**more: Any) -> Funder:
    """A funder of which the directory says all that a publication asks."""
    said: dict[str, Any] = {"ein": "541650477", "year_ends": "12-31", "basis": "ACCRUAL", **more}
    return Funder.model_validate({**funder().model_dump(), **said})


def stand(on: str = "2027-12-31", **more: Any) -> Stand:
    return Stand(filer(**more), date.fromisoformat(on), None, 7000, "ab" * 32)


def body(name: str, ein: str | None, **more: Any) -> Party:
    return party(name, ein=ein, **more)


def granted(payee: Party, *amounts: str, **more: Any) -> s.Story:
    """A grant that was agreed; nothing of it is paid."""
    return s.active(funds_out=funds_out(*amounts, payee=payee, final_report=False), partner=payee, **more)


def given_to(payee: Party, amount: str, **more: Any) -> s.Story:
    """A grant that was paid as a whole."""
    return granted(payee, amount, **more).given(*SETTLED)
