"""The rules' answer on a proposal that nobody has recorded: by the same evidence and the same rule book."""

from __future__ import annotations

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from activities.verification import verify
from domain.policy.findings import Assessment
from domain.policy.rulebook import assess
from domain.proposal import Funding, Proposal


async def findings_on(desk: LedgerAccess, proposal: Proposal) -> Assessment:
    """Return the findings on a proposal by the registers in force. Nothing is recorded.

    Raises:
        BadInput: The directory holds no such funder.
    """
    directory = await desk.directory()
    funders_by_id = {funder_id: directory.funder(funder_id) for funder_id in proposal.funder_ids}
    if unknown := [funder_id for funder_id, funder in funders_by_id.items() if funder is None]:
        raise BadInput(f"the directory holds no funder {', '.join(unknown)}; see `accord directory show`")
    funders = tuple(funder for funder in funders_by_id.values() if funder is not None)
    async with desk.pool.acquire() as connection:
        verification = await verify(connection, desk.reader, proposal)
    funding = Funding(funders=funders, others=directory.funders_beside(funders_by_id))
    return assess(proposal, funding, verification)
