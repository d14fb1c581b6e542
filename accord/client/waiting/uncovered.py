"""Sums of funds, promised and not to be paid: a gift was taken back, or a transfer does not count any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from accord.client.reading import LedgerAccess
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.funds.events import MAY_ASK
from domain.funds.fund import Fund
from domain.funds.transfers import undone
from domain.values import Money
from ledger import clock
from ledger.projections import ReadModel
from records.funds import funds_as_of
from records.read_models.as_of import LedgerAsOf
from records.read_models.funds import FUNDS, funds_in

MAY_COVER: Final = tuple(role for role in Role if role in MAY_ASK)
"""The roles that ask for money of a fund: a transfer, a budget, an overdraft."""


class UncoveredClaim(NamedTuple):
    """A sum that a partnership was promised of a fund, and that the fund cannot pay."""

    fund: str
    partnership_id: str
    money: Money
    why: str
    """The transfers of the fund that do not count, in words, or ''."""

    @property
    def command(self) -> str:
        """The shell's command that shows the fund."""
        return f"accord funds show {self.fund}"

    def step(self) -> dict[str, Any]:
        """Return it as a step that waits for whoever asks for money of a fund."""
        because = f": {self.why}" if self.why else ""
        return {
            "partnership_id": self.partnership_id, "partner": "-", "amount": str(self.money.amount),
            "currency": self.money.currency, "due": None,
            "step": f"cover what {self.fund} promised and cannot pay{because} ({self.command})",
        }  # fmt: skip


def uncovered_in(funds: Iterable[Fund], now: datetime) -> Iterator[UncoveredClaim]:
    """Yield the sums that funds promised and cannot pay. `funds`: all of them, with the transfers that count."""
    every = {fund.fund_id: fund for fund in funds}
    for fund in every.values():
        why = "; ".join(undone(fund, every))
        for partnership_id, amount in fund.uncovered(now).items():
            yield UncoveredClaim(fund.fund_id, partnership_id, Money(amount=amount, currency=fund.currency), why)


async def uncovered_claims(desk: LedgerAccess) -> tuple[UncoveredClaim, ...]:
    """Return the sums that funds promised and cannot pay, as decisions count it: without what doubted keys signed."""
    if (await desk.directory()).compromised:  # the lists do not know of keys that were revoked since
        funds = await funds_as_of(desk.reader, LedgerAsOf())
    else:
        documents = await ReadModel(desk.ledger, FUNDS.name).documents()
        funds = funds_in(document for _, document in documents)
    return tuple(uncovered_in(funds, clock.now()))


def who_may_cover(directory: Directory, role: Role) -> tuple[str, ...]:
    """Return the people who hold a role today."""
    today = clock.today()
    able = (
        member.staff_id
        for member in directory.staff
        if any(capacity.role is role for capacity in directory.capacities(member.staff_id, today))
    )
    return tuple(sorted(able))
