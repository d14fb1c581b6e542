"""A partnership of before as people look at it: the claim that stands, and the partnership that goes on from it."""

from __future__ import annotations

from typing import NamedTuple

from accord.client.reading import LedgerAccess
from domain.budgets.terms import same_name
from domain.imported.orders import ImportRecord
from domain.partnership.state import Partnership
from domain.streams import StreamId
from domain.values import is_partnership_id
from records.imported.reading import SignedRecord, read_records
from records.read_models.claimed.reading import ClaimedLists


class ClaimOnRecord(NamedTuple):
    """A partnership of before."""

    standing: SignedRecord
    earlier: tuple[SignedRecord, ...]
    """The claims that it replaced, the oldest first."""
    here: Partnership | None
    """The partnership that was proposed here under its reference."""

    @property
    def record(self) -> ImportRecord:
        """The record that stands."""
        return self.standing.record

    @property
    def is_same_partner(self) -> bool:
        """False if the partnership here names neither the number nor the name of the partner of before."""
        if self.here is None:
            return True
        partner = self.record.partnership.partner
        parties = self.here.proposed.organizations
        return any(
            party.ein == partner.ein if party.ein and partner.ein else same_name(party.name) == same_name(partner.name)
            for party in parties
        )


async def claim_on_record(desk: LedgerAccess, reference: str) -> ClaimOnRecord | None:
    """Return a partnership of before, or None if none stands under a reference."""
    if not is_partnership_id(reference):
        return None
    records = await read_records(desk.reader, reference)
    if not records or StreamId.imported(reference) in await ClaimedLists(desk.pool, desk.reader).left_out():
        return None
    return ClaimOnRecord(records[-1], records[:-1], await desk.partnership(reference))
