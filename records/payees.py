"""Find the other proposals for the same payee or purpose, by an index of the ledger (R33, rules 3.11)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from domain.canonical_json import canonical_json
from domain.proposal import Proposal
from domain.streams import StreamId

PROPOSE: Final = "('PartnershipProposed', 'ProposalRevised', 'ProposalAmended')"
"""The events with a proposal, as the index names them."""

_OTHERS: Final = f"""
SELECT stream_id FROM ledger.events
 WHERE event_type IN {PROPOSE} AND payees.keys_of(payload) && payees.keys_of($1) AND stream_id <> $2
 UNION
SELECT stream_id FROM ledger.events
 WHERE event_type = 'AgreementSigned' AND payees.account_of(payload) = ANY ($3) AND stream_id <> $2
 UNION
SELECT stream_id FROM ledger.events WHERE stream_id = ANY ($4) AND stream_id <> $2
"""  # noqa: S608

_AS_OF_NOW: Final = f"""
SELECT head.position, other.stream_id,
       (SELECT leaf FROM ledger.events e WHERE e.stream_id = other.stream_id ORDER BY version DESC LIMIT 1) AS leaf
  FROM (SELECT coalesce(max(position), 0) AS position FROM ledger.events) head LEFT JOIN ({_OTHERS}) other ON true
"""  # noqa: S608

_UNDER: Final = f"""
SELECT other.stream_id,
       (SELECT leaf FROM ledger.events e WHERE e.stream_id = other.stream_id ORDER BY version DESC LIMIT 1) AS leaf
  FROM (SELECT DISTINCT stream_id FROM ledger.events WHERE event_type IN {PROPOSE}
           AND payees.keys_of(payload) && ARRAY['agreement ' || $1] AND stream_id <> $2) other
"""  # noqa: S608

_MOVED: Final = f"""
SELECT EXISTS (SELECT FROM ledger.events WHERE position > $5 AND stream_id = ANY (ARRAY({_OTHERS}))
                                           AND event_type IN ('ApprovalGiven', 'ProposalAmended', 'AgreementSigned',
                                                              'EligibilityAssessed', 'ReferralCleared'))
    OR EXISTS (SELECT FROM ledger.events WHERE position > $5 AND event_type = 'PartnershipImported')
"""  # noqa: S608 - an array, so that it is looked up once and not for each event


class Others(NamedTuple):
    """The other partnerships with the same payee, purpose or agreement, as of a position of the ledger."""

    position: int
    newest: dict[StreamId, bytes]
    """The leaf of the newest event of each of their streams: a version says nothing once a backup was put back."""


async def others_for(
    connection: PoolConnectionProxy, proposal: Proposal, accounts: Sequence[str] = (), project: Collection[str] = ()
) -> list[StreamId]:
    """Return the streams of other partnerships with the same payee, purpose or agreement, by equal texts or numbers.

    `accounts`: the references of the payee's account; whoever agreed on one of them is the same payee. `project`: the
    other partnerships that carry out one project with the proposal's.
    """
    rows = await connection.fetch(_OTHERS, *_asked(proposal, accounts, project))
    return sorted(StreamId(row["stream_id"]) for row in rows)


async def others_as_of_now(
    connection: PoolConnectionProxy, proposal: Proposal, accounts: Sequence[str] = (), project: Collection[str] = ()
) -> Others:
    """Return the streams that `others_for` finds, the newest event of each, and the position as of which it is so."""
    rows = await connection.fetch(_AS_OF_NOW, *_asked(proposal, accounts, project))
    streams = sorted((StreamId(row["stream_id"]), bytes(row["leaf"])) for row in rows if row["stream_id"])
    return Others(int(rows[0]["position"]), dict(streams))


async def approved_since(
    connection: PoolConnectionProxy,
    proposal: Proposal,
    accounts: Sequence[str],
    project: Collection[str],
    position: int,
) -> bool:
    """True if an approval or an amendment was recorded in one of the others after a position."""
    return bool(await connection.fetchval(_MOVED, *_asked(proposal, accounts, project), position))


def _asked(
    proposal: Proposal, accounts: Sequence[str], project: Collection[str]
) -> tuple[bytes, StreamId, list[str], list[StreamId]]:
    """Return the arguments of the queries. Where no money goes out, they find nothing."""
    out = proposal.funds_out
    leg = out.model_dump(mode="json", include={"funder", "payee", "purpose"}) if out is not None else None
    proposal_pattern = (
        {"funds_out": leg, "reference": proposal.reference, "under": proposal.under} if leg is not None else {}
    )
    streams = [StreamId.partnership(partnership_id) for partnership_id in sorted(project)] if leg is not None else []
    stream_id = StreamId.partnership(proposal.reference)
    return canonical_json({"proposal": proposal_pattern}), stream_id, list(accounts if leg else ()), streams


async def under_agreement_of(connection: PoolConnectionProxy, lead: str) -> dict[StreamId, bytes]:
    """Return the streams of the partnerships that name one as the lead of their agreement, where money goes out.

    With each goes the leaf of its newest event.
    """
    rows = await connection.fetch(_UNDER, lead, StreamId.partnership(lead))
    return dict(sorted((StreamId(row["stream_id"]), bytes(row["leaf"])) for row in rows))
