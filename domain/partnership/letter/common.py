"""What every letter has in common: the house, the addressee, the payments and reports of the plan, a finding."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from domain.errors import IllegalTransition
from domain.parties import Address, Party
from domain.partnership.letter import facts as f
from domain.partnership.letter.kinds import TO_THE_BOARD, Addressee, LetterKind
from domain.partnership.state import Partnership
from domain.policy.findings import Finding

Common = dict[str, Any]
"""The fields that the facts of every letter have."""


class LetterWish(NamedTuple):
    """The letter that somebody asks for."""

    letter: LetterKind
    on: date
    about: int | None = None
    """The number of the report, the payment or the contribution that it is about."""
    note: str | None = None


def common_facts(partnership: Partnership, wish: LetterWish) -> Common:
    """Return the fields that the facts of every letter have."""
    proposal, funding = partnership.proposed, partnership.funding
    if funding is None:
        raise IllegalTransition(f"the funder of {partnership.partnership_id} is not on record; propose it anew")
    leg = (
        proposal.funds_in if wish.letter is LetterKind.GIFT_ACKNOWLEDGEMENT and proposal.funds_in else proposal.legs[0]
    )
    funder = funding.of(leg)
    return {
        "letter": wish.letter,
        "reference": partnership.partnership_id,
        "title": proposal.title,
        "on": wish.on,
        "house": f.HouseFacts(name=funder.name, ein=funder.ein, lines=_lines(funder.address)),
        "to": _addressee(partnership, wish.letter, funder.name),
        "note": wish.note,
    }


def _addressee(partnership: Partnership, letter: LetterKind, house: str) -> f.AddresseeFacts:
    proposal = partnership.proposed
    if letter in TO_THE_BOARD:
        return f.AddresseeFacts(part=Addressee.BOARD, name=house)
    if letter is LetterKind.GIFT_ACKNOWLEDGEMENT and proposal.funds_in is not None:
        return _party(partnership, Addressee.DONOR, proposal.funds_in.donor)
    if proposal.funds_out is not None:
        return _party(partnership, Addressee.PAYEE, proposal.funds_out.payee)
    return _party(partnership, Addressee.PARTNER, proposal.partner)


def _party(partnership: Partnership, part: Addressee, party: Party) -> f.AddresseeFacts:
    contacts = (contact.name for contact in partnership.proposed.contacts if contact.organization == party.name)
    return f.AddresseeFacts(
        part=part, name=party.name, country=party.country, lines=_lines(party.address), person=next(contacts, None)
    )


def _lines(address: Address | None) -> tuple[str, ...]:
    return () if address is None else (*address.lines, *((address.postcode,) if address.postcode else ()))


def planned_payments(partnership: Partnership, *numbers: int) -> tuple[f.PlannedPayment, ...]:
    """Return the payments with these numbers, or all of them."""
    holding = {number: plan.number for plan in partnership.proposed.reports for number in plan.holds}
    return tuple(
        f.PlannedPayment(
            number=tranche.number,
            money=tranche.money,
            due_on=tranche.due_on,
            after_report=holding.get(tranche.number),
        )
        for tranche in partnership.tranches
        if not numbers or tranche.number in numbers
    )


def planned_reports(partnership: Partnership) -> tuple[f.PlannedReportFacts, ...]:
    """Return the reports of the plan."""
    return tuple(
        f.PlannedReportFacts(
            number=plan.number,
            report_kind=plan.kind,
            due_on=plan.due_on,
            days_after=plan.days_after,
            after_tranche=plan.after_tranche,
        )
        for plan in partnership.proposed.reports
    )


def finding_facts(finding: Finding) -> f.FindingFacts:
    """Return a finding in words. One without words is refused, since nobody could answer it."""
    if not finding.reason.strip():
        raise IllegalTransition(f"the finding of {finding.rule_id} has no words; look at the registers anew first")
    return f.FindingFacts(
        words=finding.reason, citation=finding.citation, outcome=finding.outcome, remedies=finding.options
    )
