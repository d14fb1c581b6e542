"""An award as an IATI activity."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from domain.parties import Party
from domain.partnership.stages import Stage
from domain.values import for_xml
from publishing.awards import NAME_WITHHELD, Award
from publishing.cases import Stand
from publishing.figures import FileCell, SumPart
from publishing.iati import codes
from publishing.iati.checks import IDENTIFIER
from publishing.identifiers import id_of_party
from publishing.movements import GrantMovement, MovementKind


def activity_of(award: Award, stand: Stand, funder_id: str) -> Element:
    """Return an award as an activity, its elements in the order of the schema."""
    activity = Element("iati-activity", {"default-currency": award.case.out.currency})
    activity.set("last-updated-datetime", award.case.modified_at.isoformat())
    SubElement(activity, "iati-identifier").text = award.identifier
    kind = codes.PUBLISHERS[stand.funder.profile]
    _narrated(activity, "reporting-org", stand.funder.name, ref=funder_id, type=kind)
    _narrated(activity, "title", award.title)
    _narrated(activity, "description", award.description)
    funding = {"ref": funder_id, "type": kind, "role": codes.FUNDING}
    _narrated(activity, "participating-org", stand.funder.name, **funding)
    implementing = {"type": codes.type_of_party(award.payee), "role": codes.IMPLEMENTING}
    implementing |= _reference(award.payee, award.is_named)
    _narrated(activity, "participating-org", award.recipient_name, **implementing)
    SubElement(activity, "activity-status", {"code": codes.status_of(award.case.partnership.stage)})
    _put_days(activity, award)
    _put_places(activity, award)
    for movement in transactions_of(award):
        _put_transaction(activity, award, movement, stand, funder_id)
    return activity


def cells_of(award: Award) -> Iterator[FileCell]:
    """Yield the cells of an activity: `P-2026-0042/transaction/123-3`."""
    for movement in transactions_of(award):
        part = SumPart(movement.position, amount_of(movement))
        yield FileCell(f"{award.case.reference}/transaction/{name_of(movement)}", (part,))
    proposal = SumPart(award.case.facts["Proposal"])
    for field in ("title", "description", "participating-org", "activity-date", "recipient-country", "sector"):
        yield FileCell(f"{award.case.reference}/{field}", (proposal,))


def transactions_of(award: Award) -> tuple[GrantMovement, ...]:
    """Return the movements that are transactions, in the order of their positions."""
    return tuple(movement for movement in award.case.movements if movement.kind in codes.TRANSACTIONS)


def name_of(movement: GrantMovement) -> str:
    """Return the reference of a transaction: the position of its event, and its type."""
    mark = "R" if movement.kind is MovementKind.RECOVERY else ""
    return f"{movement.position}-{codes.TRANSACTIONS[movement.kind]}{mark}"


def amount_of(movement: GrantMovement) -> Decimal:
    """Return the value of a transaction: the grantee's refund is negative."""
    return -movement.amount if movement.kind is MovementKind.RECOVERY else movement.amount


def _narrated(parent: Element, name: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    SubElement(element, "narrative").text = for_xml(text)
    return element


def _reference(party: Party, is_named: bool) -> dict[str, str]:
    """Return the identifier of a payee that is named, if it has one of the form that the standard takes."""
    identifier = id_of_party(party) if is_named else None
    return {"ref": identifier} if identifier is not None and IDENTIFIER.fullmatch(identifier) else {}


def _put_days(activity: Element, award: Award) -> None:
    partnership = award.case.partnership
    period, ended_on = partnership.proposed.period, partnership.ended_on
    if period is not None:
        SubElement(activity, "activity-date", {"type": codes.PLANNED_START, "iso-date": str(period.starts)})
        SubElement(activity, "activity-date", {"type": codes.PLANNED_END, "iso-date": str(period.ends)})
    if partnership.stage is Stage.CLOSED and ended_on is not None:
        SubElement(activity, "activity-date", {"type": codes.ACTUAL_END, "iso-date": str(ended_on)})


def _put_places(activity: Element, award: Award) -> None:
    countries = dict.fromkeys(place.country for place in award.places)
    for country in countries:
        SubElement(activity, "recipient-country", {"code": country})
    sector = award.case.partnership.proposed.public_interest.sector
    if sector is not None:
        SubElement(activity, "sector", {"vocabulary": codes.DAC, "code": sector})


def _put_transaction(activity: Element, award: Award, movement: GrantMovement, stand: Stand, funder_id: str) -> None:
    day = str(movement.on)
    transaction = SubElement(activity, "transaction", {"ref": name_of(movement)})
    SubElement(transaction, "transaction-type", {"code": codes.TRANSACTIONS[movement.kind]})
    SubElement(transaction, "transaction-date", {"iso-date": day})
    value = SubElement(transaction, "value", {"currency": movement.currency, "value-date": day})
    value.text = format(amount_of(movement), "f")
    _narrated(transaction, "provider-org", stand.funder.name, ref=funder_id)
    name = award.case.people.public(movement.payee.name) if award.is_named else None
    _narrated(transaction, "receiver-org", name or NAME_WITHHELD, **_reference(movement.payee, name is not None))
