"""Waits for a truth that nobody answered: an obligation in each partnership, an exception at the bank."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from accord.client.reading import LedgerAccess
from domain.calendars import CALENDAR
from domain.directory.directory import Directory
from domain.partnership.state import Partnership, TrancheState
from domain.streams import StreamId
from domain.truths.events import MAY_ANSWER
from domain.truths.touching import touching
from domain.truths.truth import Truth
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.partnerships import PARTNERSHIPS
from records.truths import ALIKE, read_truths

ANSWERED_WITHIN: Final = 5
"""Business days in which a truth is answered, from the day on which it was told."""


class Unanswered(NamedTuple):
    """A truth that waits, and a partnership that it touches, even an ended one, or None if it touches none."""

    truth: Truth
    partnership: Partnership | None

    @property
    def due(self) -> date:
        """The day by which it should be answered."""
        return CALENDAR.after(self.truth.at, ANSWERED_WITHIN).date()

    @property
    def partnership_id(self) -> str:
        """The id of the partnership, or '' if it touches none."""
        return self.partnership.partnership_id if self.partnership is not None else ""

    @property
    def at_the_bank(self) -> tuple[int, ...]:
        """The tranches that were at the bank already and are not booked yet."""
        tranches = self.partnership.tranches if self.partnership is not None else ()
        return tuple(tranche.number for tranche in tranches if tranche.state is TrancheState.HANDED_OVER)

    @property
    def command(self) -> str:
        """The shell's command that answers it."""
        return f"accord answer-truth {self.truth.name} --so --reason REASON --as STAFF"

    def obligation(self) -> dict[str, Any]:
        """Return it as a line of the list of obligations."""
        end_words = ", though it is over" if self.partnership is not None and self.partnership.ended else ""
        task = f"a verifier answers {self.truth.name} ({self.truth.kind.words}, told by {self.truth.teller}){end_words}"
        about = {"partnership_id": self.partnership_id or "-", "kind": "TRUTH"}
        return {"due": self.due.isoformat(), **about, "what": task}

    def step(self) -> dict[str, Any]:
        """Return it as a step that waits for a verifier."""
        proposal = self.partnership.proposed if self.partnership is not None else None
        money = proposal.money if proposal is not None else None
        return {
            "partnership_id": self.partnership_id or "-", "partner": proposal.partner.name if proposal else "-",
            "amount": str(money.amount) if money else None, "currency": money.currency if money else None,
            "step": f"answer {self.truth.name} ({self.truth.kind.words})", "due": self.due.isoformat(),
        }  # fmt: skip

    def who(self, directory: Directory) -> tuple[str, ...]:
        """Return the people who can answer it today: verifiers without a part in it."""
        partnership = self.partnership
        people = {*partnership.involved, *partnership.payers} if partnership is not None else set[str]()
        ineligible, today = {self.truth.teller, *people}, clock.today()
        able = (
            member.staff_id
            for member in directory.staff
            if any(
                role.role in MAY_ANSWER and ineligible.isdisjoint({member.staff_id, role.on_behalf_of})
                for role in directory.capacities(member.staff_id, today)
            )
        )
        return tuple(sorted(able))

    def exception(self) -> str:
        """Return the words on a payment at the bank that a person must look at, or '' if there was none."""
        if not self.at_the_bank:
            return ""
        tranches = ", ".join(map(str, self.at_the_bank))
        return (
            f"tranche {tranches} was at the bank already when {self.truth.teller} told {self.truth.name} "
            f"({self.truth.kind.words}): ask the bank whether it can be recalled, and answer it"
        )


async def unanswered(desk: LedgerAccess) -> list[Unanswered]:
    """Return the waits, the earliest due first, once for each partnership that a truth touches."""
    waiting = [truth for truth in await read_truths(desk.reader) if truth.waits()]
    if not waiting:
        return []
    partnerships, waits = await _partnerships(desk), list[Unanswered]()
    for truth in waiting:
        touched_partnerships = [
            partnership for partnership in partnerships if touching([truth], partnership.proposed, ALIKE)
        ]
        waits += [Unanswered(truth, partnership) for partnership in touched_partnerships] or [Unanswered(truth, None)]
    return sorted(waits, key=lambda wait: (wait.due, wait.truth.name, wait.partnership_id))


async def _partnerships(desk: LedgerAccess) -> list[Partnership]:
    """Return all partnerships as the read model has them: whom a truth touches is looked up again at each payment."""
    documents = await ReadModel(desk.ledger, PARTNERSHIPS.name).documents()
    states = (
        Partnership.model_validate(document["state"])
        for stream, document in documents
        if StreamId(stream).is_partnership
    )
    return [state for state in states if state.proposal is not None]
