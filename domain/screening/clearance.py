"""Clearances: signed findings that a party is not the listed entity with a similar name.

A clearance is valid for one pair, which is the digest of what was known of the party and of the entity. When either
changes, the pair changes and somebody must judge the match again. A match that more than a name confirms cannot be
cleared: the rule book refuses it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from domain.directory.directory import Capacity, Directory, role_fault, signature_fault
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.parties import Party
from domain.screening.matches import FOR
from domain.signatures.signing import Signature, Statement, Verifier, content_digest, statement_about
from domain.streams import StreamId
from domain.values import Moment, PartnershipId, Sentence, Sha256, StaffId, Value

MAY_CLEAR: Final = frozenset({Role.VERIFIER, Role.DIRECTOR})


class MatchCleared(Value):
    """A person looked at a near match and found, with the reason, that the party is not the listed entity."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["MatchCleared"] = "MatchCleared"
    at: Moment
    actor: StaffId
    signature: Signature
    pair: Sha256
    partnership_id: PartnershipId
    """The partnership in which the match came up."""
    reason: Sentence


def pair_of(party: Party, register: str, entity: str, rows: Iterable[str]) -> str:
    """Return the digest of a party and of a listed entity with all its rows, which is the subject of a clearance."""
    party_facts = {"name": party.name, "also_known_as": sorted(party.also_known_as), "country": party.country}
    party_facts |= {"ein": party.ein} if party.ein else {}
    party_facts |= {"born": party.born.isoformat()} if party.born else {}
    party_facts |= {"behind": party.behind} if party.behind else {}
    entity_facts = {"register": register, "entity": entity, "rows": sorted(rows)}
    return content_digest({"party": {**party_facts, "kind": party.kind.value}, "listed": entity_facts})


def entry_of(rows: Iterable[str]) -> str:
    """Return the digest of all rows of a list on one entity."""
    return content_digest({"rows": sorted(rows)})


def clearance_statement(content: dict[str, Any], actor: str, at: datetime, command_id: UUID) -> Statement:
    """Return the statement to sign for a clearance. `content` has the fields that `clearance_content` returns."""
    return statement_about(StreamId.clearance(content["pair"]), "clear_match", actor, at, command_id, content)


def clearance_content(pair: str, partnership_id: str, reason: str) -> dict[str, Any]:
    """Return the fields that a person signs to clear a match: the pair, the partnership, and the reason."""
    return {"pair": pair, "partnership_id": partnership_id, "reason": reason}


def conflict_of_duties(
    actor: str, directory: Directory, on: date, case: str, participants: Collection[str]
) -> Fault | None:
    """Return the reason why a person may not clear a match in a case, or None.

    Neither the person nor the lender of their role may be among `participants`, the people with a part in the case.
    """
    if actor in participants:
        return Fault(f"{actor} proposed or pays {case}, or is recused; another person looks")
    capacity = _capacity(actor, directory, on)
    if capacity is not None and capacity.on_behalf_of in participants:
        lender = f"{capacity.on_behalf_of}, who has a part in {case} themselves"
        return Fault(f"{actor} would clear it for {lender}; another person looks")
    return None


def clears_as(actor: str, directory: Directory, on: date) -> str | None:
    """Return the name under which a person may clear a match on a day, or None if they may not.

    The name is `person` or, in a lent role, `person for lender`.
    """
    capacity = _capacity(actor, directory, on)
    if capacity is None:
        return None
    return f"{actor}{FOR}{capacity.on_behalf_of}" if capacity.on_behalf_of else actor


def _capacity(actor: str, directory: Directory, on: date) -> Capacity | None:
    """Return the capacity in which a person may clear a match on a day: their own role before a lent one, or None."""
    able = [capacity for capacity in directory.capacities(actor, on) if capacity.role in MAY_CLEAR]
    return min(able, key=lambda capacity: bool(capacity.on_behalf_of), default=None)


def clearance_fault(event: MatchCleared, directory: Directory, verifier: Verifier, on: date) -> Fault | None:
    """Return the reason why a clearance that was recorded on a day does not count, or None.

    Checks the signature and the signer's roles. `on` is the day of recording, not the date that the signer states,
    since a role may be lent for a few days only.
    """
    content = clearance_content(event.pair, event.partnership_id, event.reason)
    expected_statement = clearance_statement(content, event.actor, event.at, event.signature.statement.command_id)
    fault = role_fault(directory, event.actor, "clear a match", MAY_CLEAR, on)
    return fault or signature_fault(directory, event.signature, expected_statement, verifier)
