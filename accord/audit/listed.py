"""Check the recorded evidence on who gets money against the registers' own rows, which a worker's login cannot write.

What decides is looked up and compared anew: codes, revocations, revenue, and whether a name confirms a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from domain.fault import Fault
from domain.parties import Party
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.screened import known_to_registers, screened_beside, unscreened
from domain.screening.tax_status import StatusEvidence
from payments import Connection
from registers.lookup import identity_under, status_of


class PartyEvidence(NamedTuple):
    """A party, and the evidence recorded on it, or None."""

    party: Party
    recorded: StatusEvidence | None


async def listing_fault(connection: Connection, proposal: Proposal | None, verification: Verification) -> Fault | None:
    """Return the fault if the registers in force now disagree on a party that gets money, or None.

    Whoever was recorded as looked up in an older version is compared with the newest one: a newer version counts as
    read only if it changed nothing on the party (ADR 0024). Nobody is paid before the lists were asked about everybody
    whom the proposal and the registers name (rules 4.8).
    """
    if proposal is None:
        return None
    parties = [*proposal.parties, *screened_beside(proposal, verification)]
    for party, evidence in _claims(proposal, verification):
        status_evidence = await status_of(connection, party)
        differing = _differing(evidence, status_evidence)
        if evidence is not None and not await _is_named_so(connection, party, evidence):
            differing.append("name and place")
        if differing:
            return Fault(f"the registers say otherwise of {party.name} than its due diligence: {', '.join(differing)}")
        parties += known_to_registers(party, status_evidence) if status_evidence is not None else ()
    left_out = unscreened(parties, verification.screening.parties)
    return Fault(f"the lists were not asked about {left_out} yet") if left_out else None


async def _is_named_so(connection: Connection, party: Party, evidence: StatusEvidence) -> bool:
    """True if no name was recorded as confirmed that the versions then asked do not confirm.

    They are asked again, and not the newest: a body that took the name elsewhere since makes no recorded word wrong.
    """
    if not evidence.identity:  # before edition 2026.6, or while an installation may still go back
        return True
    again = await identity_under(connection, party, evidence.asked)
    confirmed = {(comparison.given, comparison.registered) for comparison in again if comparison.confirms}
    return all(
        (comparison.given, comparison.registered) in confirmed
        for comparison in evidence.identity
        if comparison.confirms and comparison.given in party.names
    )


def _claims(proposal: Proposal, verification: Verification) -> Iterator[PartyEvidence]:
    out = proposal.funds_out
    if out is None:
        return
    yield PartyEvidence(out.payee, verification.status)
    if out.payee.center is not None:
        yield PartyEvidence(out.payee.center, verification.central)
    for party in out.supported:
        evidence = next(
            (
                evidence
                for evidence in verification.supported
                if (evidence.party, evidence.status.ein) == (party.name, party.ein)
            ),
            None,
        )
        yield PartyEvidence(party, evidence.status if evidence else None)
        if party.center is not None:
            yield PartyEvidence(party.center, evidence.central if evidence else None)


def _differing(evidence: StatusEvidence | None, status_evidence: StatusEvidence | None) -> list[str]:
    """Return the names of the parts that differ. A look-up left out is a difference: it could hide a revocation."""
    if evidence is None or status_evidence is None:
        return [] if evidence is status_evidence else ["EIN"]
    if status_evidence.ein != evidence.ein:
        return ["EIN"]
    recorded_parts, register_parts = _parts(evidence), _parts(status_evidence)
    return [
        part
        for part in register_parts
        if part not in _missing_in(evidence) and recorded_parts[part] != register_parts[part]
    ]


def _missing_in(evidence: StatusEvidence) -> set[str]:
    """Return the parties that evidence of before edition 2026.4 lacks.

    Where they are asked, no answer is no good one.
    """
    entry = evidence.master_file
    has_size = entry is not None and (entry.revenue is not None or entry.filing)
    return ({"name"} if not evidence.names else set()) | ({"revenue"} if not has_size else set())


def _parts(status: StatusEvidence) -> dict[str, Any]:
    entry = status.master_file
    return {
        "master file": entry.model_dump(exclude={"source", "revenue", "filing"}) if entry is not None else {},
        "revenue": (entry.revenue, entry.filing) if entry is not None else (),
        "Publication 78": sorted((entry.name, entry.codes) for entry in status.publication78),
        "revocations": sorted(
            (str(revocation.effective_on), str(revocation.posted_on), str(revocation.reinstated_on))
            for revocation in status.revocations
        ),
        "name": any(name.confirms and not name.further for name in status.names),
    }
