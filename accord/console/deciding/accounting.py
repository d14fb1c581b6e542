"""Forms of what a grantee accounts for: reports with figures and results, whom it supports, money that came back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accord.console.deciding.fields import DOCUMENT, REASON, Field, Typed, content_as_typed, first, said
from accord.console.deciding.spending import figures_as_typed, line_fields, milestone_fields, milestones_as_typed
from accord.console.door.light_ways import BESIDE_INBOX, other_report_as_typed, other_report_fields
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from accord.presentation.sums import read_sum
from accord.presentation.words.codes import plainly
from domain.grants import Subrecipient
from domain.parties import PartyKind
from domain.partnership.acts import Choices
from domain.partnership.choices import received_reports, unconfirmed_refunds
from domain.partnership.refund.refunds import OF_A_GIFT, RefundDirection
from domain.partnership.state import Partnership
from domain.partnership.waiting.owed_reports import correction, reports
from domain.plans import ReportKind
from domain.values import minor_digits
from ledger import clock

_SUMS: Final = ("spent", "unspent", "returned", "not_arrived")
_ADDED_UP: Final = "From the first payment on, in the grant's currency."
_LABELS: Final = {
    "not_arrived": ("Did not arrive", "What less arrived than was paid, as the grantee says. Else empty.")
}
_NUMBER: Final = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
_BACK: Final = {
    RefundDirection.FROM_GRANTEE: "the grantee paid it back",
    RefundDirection.TO_DONOR: "it went back to the donor",
    RefundDirection.TO_BLOCKED_ACCOUNT: "it went into a blocked account, since its donor is blocked",
}


def chosen_refund_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return what the form asks that confirms a refund, or takes it back."""
    return (
        Field("bank_reference", "Which refund", kind="choice", choices=unconfirmed_refunds(partnership)),
        REASON,
    )


def chosen_refund(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return the name of the chosen refund, with the reason that was typed."""
    return {**_named(partnership, said(answers, "bank_reference")), "reason": said(answers, REASON.name)}


def any_refund(partnership: Partnership) -> dict[str, Any]:
    """Return a refund that waits, with which the state is asked whether one does."""
    return {**_named(partnership, first(unconfirmed_refunds(partnership), "NONE")), "reason": "as it stands"}


def _named(partnership: Partnership, name: str) -> dict[str, Any]:
    refund = next((refund for refund in partnership.refunds if refund.name == name), None)
    if refund is None or not refund.detail:
        return {"bank_reference": name}
    return {"bank_reference": refund.bank_reference, "detail": refund.detail}


def report_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form of a report."""
    corrections = (("", "none"), *received_reports(partnership), *_owed_corrections(partnership))
    return (
        Field("planned", "Which report", kind="choice", choices=_kinds(partnership), fills=("report_kind",)),
        Field("summary", "What it says", "In a sentence or two."),
        *(
            Field(figure, *_LABELS.get(figure, (figure.capitalize(), _ADDED_UP)), "line", fills=("figures",))
            for figure in _SUMS
            if partnership.has_paid
        ),
        *line_fields(partnership),
        *(
            Field(
                f"result-{indicator.number}",
                indicator.what,
                f"In {indicator.unit or 'numbers'}, or in words.",
                kind="line",
            )
            for indicator in partnership.proposed.public_interest.indicators
        ),
        *milestone_fields(partnership),
        *([Field("corrects", "It replaces", kind="choice", choices=corrections)] if len(corrections) > 1 else []),
        DOCUMENT,
        *other_report_fields(partnership),
    )


def _owed_corrections(partnership: Partnership) -> Choices:
    """Return the accepted report whose correction the grantee owes, if it owes one."""
    return tuple((owed.about, f"report {owed.about}, whose correction is owed") for owed in correction(partnership))


def report_probe(partnership: Partnership) -> dict[str, Any]:
    """Return a report of the plan, with which the state is asked whether one can be filed before anything is paid."""
    counted = {report.planned for report in partnership.reporting.filed if report.counts}
    plans = [plan for plan in partnership.reporting.planned if plan.number not in counted]
    if partnership.has_paid or not plans:
        return {}
    plan = min(plans, key=lambda plan: (plan.kind is not ReportKind.PROGRESS, plan.number))
    return {"planned": plan.number, "report_kind": plan.kind}


def _kinds(partnership: Partnership) -> Choices:
    """Return the reports that may be filed: what is owed first, then the plan, and the final one, as in the shell."""
    planned = [
        (f"{plan.number}", f"{plan.number}.{plan.kind.value}", f"report {plan.number} of the plan, {plan.kind.lower()}")
        for plan in partnership.reporting.planned
    ]
    others = (("final", ReportKind.FINAL), ("yearly", ReportKind.PROGRESS), ("", ReportKind.FINANCIAL))
    every = [*planned, *((about, f".{kind.value}", f"not planned, {kind.value.lower()}") for about, kind in others)]
    due_days = {obligation.about: obligation.due for obligation in reports(partnership)}
    received_numbers = {str(report.planned) for report in partnership.reporting.filed if report.counts}
    every.sort(key=lambda choice: (choice[0] in received_numbers, due_days.get(choice[0], date.max)))
    return tuple((name, words) for _, name, words in every)


def report_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return a report as it was typed."""
    number, _, kind = said(answers, "planned").partition(".")
    out = partnership.proposed.funds_out
    currency = out.currency if out is not None else ""
    sums = {figure: amount for figure in _SUMS if (amount := _sum(answers, figure, currency))}
    indicators = [indicator.number for indicator in partnership.proposed.public_interest.indicators]
    results = [_result(indicator, said(answers, f"result-{indicator}")) for indicator in indicators]
    content = {
        "summary": said(answers, "summary"),
        "report_kind": kind,
        "planned": number or None,
        "figures": figures_as_typed(partnership, answers, sums, currency) if out is not None else None,
        "milestones": milestones_as_typed(partnership, answers),
        "results": [result for result in results if result is not None],
        "corrects": said(answers, "corrects") or None,
        "document_sha256": said(answers, DOCUMENT.name) or None,
        "other_report": other_report_as_typed(answers),
        "beside_inbox": said(answers, BESIDE_INBOX.name) or None,
    }
    return {name: answer for name, answer in content.items() if answer is not None}


def _result(indicator: int, text: str) -> dict[str, Any] | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        sign = "-" if text.startswith("-") else ""
        return {"indicator": indicator, "achieved": sign + _read(f"result-{indicator}", text.removeprefix("-"))}
    return {"indicator": indicator, "words": text}


def _sum(answers: Typed, name: str, currency: str) -> str:
    """Return a sum as it was read, or '' if none was typed."""
    text = said(answers, name)
    return _read(name, text, currency) if text else ""


def _read(name: str, text: str, currency: str = "") -> str:
    """Return a sum of a field in digits. Raises BadInput, which names the field, if it is none or not clear."""
    try:
        return read_sum(text, currency, minor_digits(currency) if currency else 2)
    except BadInput as fault:
        raise BadInput(f"{name}: {fault}") from None


def refund_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form of a refund."""
    return (
        Field("direction", "What came back", kind="choice", choices=_directions(partnership)),
        Field("amount", "Sum", "Such as 1,250.00.", kind="line"),
        Field("booked_on", "Booked on", "The day of the bank's booking.", kind="day"),
        Field("bank_reference", "The bank's reference", "It counts once.", kind="line"),
        Field("detail", "Which payment of it", "Empty, unless the booking is of several payments.", kind="line"),
        Field("account", "Our account", "Empty, unless two of ours have a booking of that reference.", kind="line"),
        REASON,
        DOCUMENT,
    )


def _directions(partnership: Partnership) -> Choices:
    out, gift = partnership.proposed.funds_out, partnership.proposed.funds_in
    legs = {RefundDirection.FROM_GRANTEE: out, RefundDirection.TO_DONOR: gift}
    legs |= {RefundDirection.TO_BLOCKED_ACCOUNT: gift if partnership.donor_is_blocked else None}
    return tuple((direction.value, _BACK[direction]) for direction, leg in legs.items() if leg is not None)


def refund_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return a refund as it was typed, in the currency of the leg that it came back on."""
    currency = _currency(partnership, said(answers, "direction"))
    money = {"amount": _sum(answers, "amount", currency), "currency": currency}
    fields = [refund_field for refund_field in refund_fields(partnership) if refund_field.name != "amount"]
    return {**content_as_typed(fields, answers), "money": money}


def _currency(partnership: Partnership, direction: str) -> str:
    gift, out = partnership.proposed.funds_in, partnership.proposed.funds_out
    if direction in OF_A_GIFT and gift is not None:
        return str(gift.money.currency)
    return str(out.currency) if out is not None else ""


def refund_probe(partnership: Partnership) -> dict[str, Any]:
    """Return the smallest refund, with which the state is asked whether anything can come back."""
    direction = first(_directions(partnership), RefundDirection.FROM_GRANTEE.value)
    currency = _currency(partnership, direction) or "USD"
    money = {"amount": Decimal(1).scaleb(-minor_digits(currency)), "currency": currency}
    booking = {"booked_on": clock.today(), "bank_reference": "NOT ON RECORD", "reason": "as it stands"}
    return {"direction": direction, "money": money, **booking}


_PARTS: Final = "name | kind | country | what it is supported for | US tax number, if it has one"


def subrecipient_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form of the sub-recipients: a line for each, beginning with those on record."""
    kinds = ", ".join(map(_kind_in_words, PartyKind))
    hint = f"All of them, one on each line: {_PARTS}. The kinds: {kinds}. The country: two letters."
    lines = "\n".join(_line(subrecipient) for subrecipient in _on_record(partnership))
    return (Field("subrecipients", "Whom the payee supports now", hint, begins_with=lines),)


def _on_record(partnership: Partnership) -> tuple[Subrecipient, ...]:
    out = partnership.proposed.funds_out
    return out.regrant.subrecipients if out is not None and out.regrant is not None else ()


def _kind_in_words(kind: PartyKind) -> str:
    """Return a kind of party as it is written on a line, and read again."""
    return plainly(kind.value)


def _line(subrecipient: Subrecipient) -> str:
    party = subrecipient.party
    parts = [party.name, _kind_in_words(party.kind), party.country, subrecipient.purpose, party.ein or ""]
    return " | ".join(part for part in parts if part)


def subrecipient_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return the sub-recipients as they were typed. What is on record of a party of that name is kept.

    Raises:
        BadInput: A line has too few parts, or too many.
    """
    parties = {
        subrecipient.party.name: subrecipient.party.model_dump(mode="json") for subrecipient in _on_record(partnership)
    }
    lines = [line for line in said(answers, "subrecipients").splitlines() if line.strip()]
    return {"subrecipients": [_subrecipient(number, line, parties) for number, line in enumerate(lines, 1)]}


def _subrecipient(number: int, line: str, parties: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if not 4 <= len(parts) <= 5:
        raise BadInput(f"subrecipients: line {number} has {count_in_words(len(parts), 'part')}; write {_PARTS}")
    name, kind, country, purpose, *ein = parts
    party = {"name": name, "kind": kind.upper().replace(" ", "_"), "country": country.upper(), "ein": _first_of(ein)}
    return {"party": {**parties.get(name, {}), **party}, "purpose": purpose}


def _first_of(parts: list[str]) -> str | None:
    return (parts[0] or None) if parts else None


def subrecipient_probe(partnership: Partnership) -> dict[str, Any]:
    """Return the sub-recipients with which the state is asked whether any can be reported."""
    sample_party = {"name": "A payee of the payee", "kind": PartyKind.NONPROFIT, "country": "US"}
    return {"subrecipients": _on_record(partnership) or ({"party": sample_party, "purpose": "as it stands"},)}


def diversion_fields(_: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form of a diversion."""
    return (
        Field("what", "What", "What the money was used for, and how it is known."),
        Field("money", "How much", "As far as it is known; empty otherwise.", kind="line"),
    )


def assurance_fields(_: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form of assurances."""
    return (
        Field("what", "What", "The grantee's assurances, in words for the minutes."),
        Field("diverted", "How much was diverted", "Where its report did not say.", kind="line"),
        Field("restored", "What came back", "Empty if nothing is back yet.", kind="line"),
        Field("bank_reference", "The bank's reference", "Of the entry by which it came back.", kind="line"),
        Field("precautions", "Precautions", "Against another one; asked of a second diversion."),
        DOCUMENT,
    )


def diversion_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return a diversion as it was typed, in the currency of the money out."""
    return _in_its_currency(partnership, content_as_typed(diversion_fields(partnership), answers), "money")


def assurance_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return assurances as they were typed, in the currency of the money out."""
    return _in_its_currency(
        partnership, content_as_typed(assurance_fields(partnership), answers), "diverted", "restored"
    )


def _in_its_currency(partnership: Partnership, content: dict[str, Any], *sums: str) -> dict[str, Any]:
    out = partnership.proposed.funds_out
    currency = out.currency if out is not None else "USD"
    amounts = {
        name: {"amount": _read(name, content[name], currency), "currency": currency} for name in sums if name in content
    }
    return {**content, **amounts}
