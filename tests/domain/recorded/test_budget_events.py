"""Budgets, work plans, binding lists and costs that are not allowed stand in further forms, written where they are."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.directory import people
from domain.directory.watched import WatchedCountry, WatchKind
from domain.money.rails import PaymentRail
from domain.organisation.tokens import ApiToken, Scope
from domain.partnership import events as e
from domain.partnership.proposal.amendment import Change
from domain.payment.tranche.events import TrancheReleasedForPayment
from domain.plans import ReportKind
from domain.policy.findings import Outcome
from domain.recorded.further import FURTHER, KNOWN_BEFORE, form_of, says
from domain.recorded.schema import NEWEST_FORMS, event_payload, read_event_bytes
from domain.screening.identity import Agreement, IdentityEvidence, Ruling
from domain.screening.tax_status import SupportedEvidence
from tests.budgets import budgeted, milestone
from tests.builders import (
    ACCOUNT,
    DIGEST,
    HOUSE_RULES,
    NOON,
    as_before,
    funding,
    funds_in,
    number,
    paper,
    party,
    regrant,
    screening,
    sponsorship,
    status,
    verification,
)
from tests.domain.partnership.specification import assessment
from tests.domain.recorded.test_events import BY, HANDED_IN, ORDER, SIGNATURE
from tests.offices import MINISTER, behind
from tests.rates import THREE, conversion, in_dollars

GOLDEN = Path(__file__).parent / "golden" / "events_with_budgets.json"

DECLARER = party(principals=[behind("Rosa Quiroga", MINISTER)])
"""A party with a person behind it who declares a public office, wherever it stands."""
OFFICES: dict[str, Any] = {
    "payee": DECLARER,
    "sponsorship": sponsorship(project_of=DECLARER),
    "regrant": regrant(DECLARER),
    "succession": {"of": DECLARER, "since": "2026-10-01", "paid": "0", "paper": paper("SUCCESSION")},
}
PROPOSAL = as_before(
    **budgeted(milestones=[milestone(holds=[1], evidence="A photograph", barrier=True)], **OFFICES),
    funds_in=funds_in(donor=DECLARER),
    partner=DECLARER,
    contacts=[
        {"name": "Ida Holm", "organization": "Riverbend Library Network", "language": "es", "phone": "+32 2 123 45 67"}
    ],
)
ASKED = {"programme": "Schools", "indirect_most": "15", "free_move": "10"}
BOOKS = {"basis": "CASH", "accounts": [{"account": "BANK", "code": "1010", "name": "Operating account"}]}
WATCHED = WatchedCountry(country="MM", kind=WatchKind.CALL_FOR_ACTION, since=date(2026, 10, 23))
LISTS = {
    "lists": ["ofac-sdn", "eu-consolidated"], "list_days": 3, "watched": [WATCHED.model_dump(mode="json")],
    "public_offices": True, "funds_named": True, "entry_days": 3, "recall_days": 5,
    "rails": [{"rail": "NACHA", "currency": "USD", "country": "US", "up_to": "500.00"}],
}  # fmt: skip
DOLLARS = {"tiers": in_dollars().model_dump(mode="json")["tiers"], "base_currency": "USD", "rate_days": 3}
TOLERANCE = {"tolerance": {"rate_percent": "1.5", "charges": {"amount": "25.00", "currency": "USD"}}}
RULES = type(HOUSE_RULES).model_validate(
    {**HOUSE_RULES.model_dump(mode="json"), "budgets": [ASKED], "books": BOOKS, **LISTS, **DOLLARS, **TOLERANCE}
)
WITHIN: dict[str, Any] = {"template": {"name": "school-budget", "edition": "2026.1", "sha256": DIGEST}}
BOUND = screening().model_copy(update={"binding": ("ofac-sdn", "eu-consolidated"), "list_days": 3})
PLACED = status(
    identity=(
        IdentityEvidence(
            given="Riverbend Library Network", registered="RIVERBEND LIBRARY NETWORK", place="AKRON, OH",
            agreement=Agreement.SAME, ruling=Ruling.CONFIRMED, explanation="both have riverbend, library, network",
        ),
    )
)  # fmt: skip
LOOKED = verification(
    PLACED, BOUND, watched=(WATCHED,), public_offices_asked=True, conversion=conversion(), central=PLACED,
    supported=(SupportedEvidence(party="River Radio", status=PLACED, central=PLACED),),
)  # fmt: skip
ENDPOINTS: tuple[people.Fact, ...] = (
    people.EndpointEnrolled(
        endpoint={
            "name": "general-ledger", "url": "https://books.example.org/hook", "hears": ("fund",), "after": 40,
            "sha256": DIGEST, "last_day": "2027-06-30",
        },
    ),
    people.EndpointRevoked(endpoint_name="general-ledger", endpoint_sha256=DIGEST),
)  # fmt: skip
TOKEN = ApiToken(
    token_id="T-ABABABABABAB", holder="audit-firm", scopes=(Scope.EVENTS,), sha256="ab" * 32, last_day=date(2027, 6, 30)
)
TOKEN_FACTS = (people.ApiTokenEnrolled(token=TOKEN), people.ApiTokenRevoked(token_id=TOKEN.token_id))
CHANGES = (people.HouseRulesSet(rules=RULES), *ENDPOINTS, *TOKEN_FACTS)
SAID: list[Any] = [
    e.PartnershipProposed(**BY, proposal=PROPOSAL, funding=funding(), **WITHIN),
    e.ProposalRevised(**BY, proposal=PROPOSAL, funding=funding(), answer="Eleven, all along the river", **WITHIN),
    e.ProposalAmended(
        **BY, proposal=PROPOSAL, funding=funding(), reason="More travel", changes=(Change.BUDGET,), **WITHIN,
        submission=HANDED_IN, called=1, unanswered=True, conversion=conversion(),
    ),
    e.ReferralCleared(**BY, reason="It is another body", quorum=THREE, conversion=conversion()),
    e.ApprovalGiven(**BY, role=THREE[0], reason="Good work", quorum=THREE, conversion=conversion()),
    e.AgreementSigned(
        **BY, signed_on=date(2026, 11, 2), document_sha256=DIGEST, account=ACCOUNT, quorum=THREE,
        submission=HANDED_IN, conversion=conversion(),
    ),
    e.ReportReceived(
        **BY, summary="Eleven courses were held", document_sha256=None, report_kind=ReportKind.PROGRESS,
        figures={
            "currency": "USD", "spent": "620.05", "unspent": "369.95", "not_arrived": "10.00", "period": 1,
            "lines": [
                {"line": 1, "spent": "500.00", "local": "65000", "reason": "It rained"},
                {"line": 2, "spent": "100.00", "local": "13000"},
                {"line": 3, "spent": "20.00", "local": "2600"},
            ],
            "abroad": {
                "currency": "KES", "rate": "130", "arrived_on": "2027-01-20", "difference": "0.05", "reason": "A fee",
            },
        },
        milestones=(
            {"milestone": 1, "state": "DONE", "words": "The mast stands", "papers": [DIGEST]},
            {"milestone": 2, "state": "LATE", "words": "It rained", "due_on": "2027-09-30"},
        ),
        submission=HANDED_IN, beside_inbox="It is of another year",
        other_report={
            "funder": "The River Fund", "document_sha256": DIGEST, "covers": "Pages 4 and 5",
            "period": {"starts": "2026-12-01", "ends": "2027-11-30"},
        },
    ),
    e.SubrecipientsReported(**BY, subrecipients=[{"party": DECLARER, "purpose": "A reading room"}]),
    TrancheReleasedForPayment(
        at=NOON,
        order=ORDER.model_copy(update={"payee": DECLARER, "execute_on": date(2026, 11, 3), "rail": PaymentRail.NACHA}),
        paid_for={"title": "Digital skills", "of": 2, "funds": ["FD-2026-ISOC"]},
    ),
    e.ReportAccepted(
        **BY, report=2, reason="It agrees", disallowed=({"category": "Travel", "amount": "12.50"},),
        shortfall="A bank took a fee on the way",
    ),
    people.DirectoryFounded(changes=CHANGES),
    people.DirectoryChangeProposed(change_id=number("budgets"), changes=CHANGES, signature=SIGNATURE),
    people.HouseRulesSet(rules=RULES),
    e.DueDiligenceCompleted(at=NOON, verification=LOOKED),
    e.RegistersRechecked(at=NOON, verification=LOOKED, assessment=assessment(Outcome.PASS)),
]  # fmt: skip


def named(event: Any) -> str:
    return str(event.event_type)


@pytest.mark.parametrize("event", SAID, ids=named)
def test_what_only_the_newest_form_says_is_written_in_it(event: Any) -> None:
    """Given a budget however deep in an event, then a release that cannot read it stops and asks for an upgrade."""
    assert form_of(event) == NEWEST_FORMS[event.event_type] > KNOWN_BEFORE[event.event_type]


@pytest.mark.parametrize("event", SAID, ids=named)
def test_it_is_read_back_as_it_was_written(event: Any) -> None:
    content = json.dumps(event_payload(event)).encode()
    assert read_event_bytes(event.event_type, form_of(event), content) == event


def test_an_answer_without_a_budget_stays_in_the_form_between() -> None:
    revised = e.ProposalRevised(**BY, proposal=as_before(), funding=funding(), answer="Eleven, along the river")
    assert form_of(revised) == 2
    assert form_of(revised.model_copy(update={"answer": None})) == 1


def test_each_way_leads_to_a_field_that_an_example_says() -> None:
    """Given a field that a form gained, then its way finds it: a misspelt one would hold nothing back."""
    examples = {event.event_type: event for event in SAID}
    ways = [
        (event_type, way)
        for event_type, further in FURTHER.items()
        for one in further
        for way in one.fields
        if event_type in examples
    ]
    assert [(event_type, way) for event_type, way in ways if not says(examples[event_type], way)] == []


def test_the_stored_format_is_the_golden_one() -> None:
    written = {event.event_type: event_payload(event) for event in SAID}
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == written
