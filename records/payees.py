"""Find what else was proposed for the same payee or purpose, by an index of the ledger (R33; rules 3.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import rfc8785
from asyncpg.pool import PoolConnectionProxy

from domain.proposal import Proposal
from domain.streams import StreamId

PROPOSE: Final = "('PartnershipProposed', 'ProposalRevised', 'ProposalAmended')"
"""The events with a proposal, as the index names them."""

_OTHERS: Final = f"""
SELECT DISTINCT stream_id FROM ledger.events
 WHERE event_type IN {PROPOSE} AND payees.keys_of(payload) && payees.keys_of($1) AND stream_id <> $2
"""  # noqa: S608

_UNDER: Final = f"""
SELECT DISTINCT stream_id FROM ledger.events
 WHERE event_type IN {PROPOSE} AND payees.keys_of(payload) && ARRAY['agreement ' || $1] AND stream_id <> $2
"""  # noqa: S608

_SHARING: Final = """
SELECT DISTINCT stream_id FROM ledger.events
 WHERE event_type = 'AgreementSigned' AND payees.account_of(payload) = ANY ($1) AND stream_id <> $2
"""

_MOVED: Final = """
SELECT EXISTS (SELECT FROM ledger.events WHERE position > $1 AND stream_id = ANY ($2)
                                           AND event_type IN ('ApprovalGiven', 'ProposalAmended', 'AgreementSigned',
                                                              'EligibilityAssessed', 'ReferralCleared'))
"""


async def others_for(
    connection: PoolConnectionProxy, proposal: Proposal, accounts: Sequence[str] = ()
) -> list[StreamId]:
    """Return the streams of other partnerships with the same payee, purpose or agreement, by equal texts or numbers.

    `accounts`: the references of the payee's account; whoever agreed on one of them is the same payee.
    """
    out = proposal.funds_out
    if out is None:
        return []
    leg = out.model_dump(mode="json", include={"funder", "payee", "purpose"})
    own = StreamId.partnership(proposal.reference)
    asked = {"funds_out": leg, "reference": proposal.reference, "under": proposal.under}
    rows = await connection.fetch(_OTHERS, rfc8785.dumps({"proposal": asked}), own)
    sharing = await connection.fetch(_SHARING, list(accounts), own) if accounts else []
    return sorted({StreamId(row["stream_id"]) for row in (*rows, *sharing)})


async def approved_since(connection: PoolConnectionProxy, streams: Sequence[StreamId], position: int) -> bool:
    """Return whether an approval or an amendment was recorded in one of the streams after a position."""
    return bool(await connection.fetchval(_MOVED, position, list(streams)))


async def under_agreement_of(connection: PoolConnectionProxy, lead: str) -> list[StreamId]:
    """Return the streams of the partnerships that name one as the lead of their agreement, where money goes out."""
    rows = await connection.fetch(_UNDER, lead, StreamId.partnership(lead))
    return sorted(StreamId(row["stream_id"]) for row in rows)
