"""The fields that events gained since the last release: which forms are shut until a person opens them (ADR 0102)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from domain.recorded.schema import NEWEST_FORMS, AnyEvent


class Further(NamedTuple):
    """The fields that a type of event gained in a form, and may be without."""

    form: int
    fields: tuple[str, ...]
    """The ways to the fields, such as `proposal.funds_out.budget`. A list on the way stands for each of its entries."""
    meaning: str
    """What they say, in words."""


_PARTIES: Final = (
    "partner",
    "funds_out.payee",
    "funds_out.sponsorship.project_of",
    "funds_out.regrant.subrecipients.party",
    "funds_out.succession.of",
    "funds_in.donor",
)
"""The ways to the parties of a proposal."""
_OFFICE: Final = "principals.public_office"
_OFFICE_IN_WORDS: Final = "a public office of somebody behind a party"
_PLAN: Final = (
    "proposal.funds_out.budget",
    "proposal.funds_out.milestones",
    "proposal.contacts.language",
    "proposal.contacts.phone",
    *(f"proposal.{way}.{_OFFICE}" for way in _PARTIES),
    "template",
)
_PLAN_IN_WORDS: Final = f"a budget, a work plan, the language or telephone number of a contact, or {_OFFICE_IN_WORDS}"
_BY_LINE: Final = ("figures.lines", "figures.period", "figures.abroad", "milestones")
_RULES: Final = (
    "budgets", "books", "lists", "list_days", "watched", "public_offices", "base_currency", "rate_days", "tolerance",
    "entry_days", "recall_days", "funds_named", "rails",
)  # fmt: skip
_RULES_IN_WORDS: Final = (
    "the programmes whose grants need a budget, the rules for the book, the lists that bind, watched countries, that "
    "public offices are asked for, a base currency, a tolerance for bookings, "
    "the days for which an entry of the bank may be open or a recall takes, rails, or that every grant names its funds"
)
_RATES: Final = ("conversion",)
_RATES_IN_WORDS: Final = "the base currency and the rates by which sums were converted"
_FIGURES: Final = ("answer.figures",)
_FIGURES_IN_WORDS: Final = "the rate and the charges at which a bank booked a payment"
_PERIOD: Final = "the close of a period of the book"
_IMPORT: Final = "partnerships of before Accord"
_HANDED_IN: Final = "what a grantee handed in by link"
_TAKEN_OVER: Final = ("submission",)
_EDITIONS: Final = "a question set, a budget template, a score sheet, a letter or a call"
_PLACES: Final = tuple(
    f"verification.{way}.identity" for way in ("status", "central", "supported.status", "supported.central")
)
_BINDING: Final = (
    "verification.screening.binding",
    "verification.screening.list_days",
    "verification.watched",
    "verification.public_offices_asked",
    "verification.conversion",
)
WITH_PLACES: Final[Mapping[str, Further]] = dict.fromkeys(
    ("DueDiligenceCompleted", "RegistersRechecked"),
    Further(
        2,
        (*_PLACES, *_BINDING),
        "names compared by their places, the lists that bind, watched countries, public offices asked for, or rates",
    ),
)
"""By type of event with evidence: the form in which names are compared by their places."""

WITH_FIGURES: Final[Mapping[str, Further]] = {
    **dict.fromkeys(
        (
            "PaymentAccepted", "PaymentRejected", "FundsReceived", "ContradictionResolved", "ExceptionRaised",
        ),
        Further(2, _FIGURES, _FIGURES_IN_WORDS),
    ),
    **dict.fromkeys(("PaymentSettled", "PaymentReturned"), Further(2, (*_FIGURES, "weighing"), _FIGURES_IN_WORDS)),
    **dict.fromkeys(
        ("ResolutionAgreed", "ExceptionResolved"), Further(2, ("figures", "counts_at"), _FIGURES_IN_WORDS)
    ),
    "TrancheEnded": Further(2, ("figures",), _FIGURES_IN_WORDS),
}  # fmt: skip
"""By type of event that holds the bank's word: the form in which it says the rate and the charges of a booking."""
_API: Final = "a token of the HTTP API"
_TOKEN_FIELDS: Final = ("changes.token", "changes.token_id")
_SHORT: Final = "a payment that was booked in part, and its rest"
_TYPED: Final = "what was typed into the bank's portal"
_RECALL: Final = "a recall of a payment, and its answer"
_ENDPOINT: Final = "an endpoint of webhooks"
_ENDPOINTS: Final = ("changes.endpoint", "changes.endpoint_name")
FURTHER: Final[Mapping[str, tuple[Further, ...]]] = {
    **{event_type: (further,) for event_type, further in WITH_PLACES.items()},
    **{event_type: (further,) for event_type, further in WITH_FIGURES.items()},
    "PartnershipProposed": (Further(2, _PLAN, _PLAN_IN_WORDS),),
    "ProposalRevised": (
        Further(2, ("answer",), "the answer to a question"),
        Further(3, _PLAN, _PLAN_IN_WORDS),
    ),
    "ProposalAmended": (
        Further(2, _PLAN, _PLAN_IN_WORDS),
        Further(3, (*_TAKEN_OVER, "called", *_RATES), f"{_HANDED_IN}, a call before a contact changes, or rates"),
    ),
    "ReportReceived": (
        Further(3, _BY_LINE, "what was spent by line, and what became of the work plan"),
        Further(
            4,
            (*_TAKEN_OVER, "other_report", "beside_inbox", "figures.not_arrived"),
            f"{_HANDED_IN}, a report to another funder, or that less arrived than was paid",
        ),
    ),
    "AgreementSigned": (Further(2, (*_TAKEN_OVER, *_RATES), f"{_HANDED_IN}, or rates"),),
    "ReferralCleared": (Further(2, _RATES, _RATES_IN_WORDS),),
    "ApprovalGiven": (Further(2, _RATES, _RATES_IN_WORDS),),
    "ConditionMet": (Further(2, _TAKEN_OVER, _HANDED_IN),),
    "PartnershipWithdrawn": (Further(2, _TAKEN_OVER, _HANDED_IN),),
    "CommentMade": (Further(2, _TAKEN_OVER, _HANDED_IN),),
    "ReportAccepted": (Further(2, ("disallowed", "shortfall"), "costs that are not allowed, or what became of money"),),
    "SubrecipientsReported": (Further(2, (f"subrecipients.party.{_OFFICE}",), _OFFICE_IN_WORDS),),
    "TrancheReleasedForPayment": (
        Further(
            2,
            ("paid_for", "order.execute_on", "order.rail", f"order.payee.{_OFFICE}"),
            "the title, funds, day and rail of a payment",
        ),
    ),
    "DirectoryFounded": (
        Further(2, (*(f"changes.rules.{rule}" for rule in _RULES), *_ENDPOINTS, *_TOKEN_FIELDS), _RULES_IN_WORDS),
    ),
    "DirectoryChangeProposed": (
        Further(
            2,
            (*(f"changes.rules.{rule}" for rule in _RULES), *_ENDPOINTS, *_TOKEN_FIELDS),
            f"{_RULES_IN_WORDS}, {_ENDPOINT}, or a token of the HTTP API",
        ),
    ),
    "EndpointEnrolled": (Further(1, ("endpoint",), _ENDPOINT),),
    "EndpointRevoked": (Further(1, ("endpoint_name",), _ENDPOINT),),
    "ApiTokenEnrolled": (Further(1, ("token",), _API),),
    "ApiTokenRevoked": (Further(1, ("token_id",), _API),),
    "BankContradicted": (
        Further(2, (*_FIGURES, "taken_back"), f"{_FIGURES_IN_WORDS}, or the sum of a gift that the bank took back"),
    ),
    "RefundRecorded": (Further(2, ("booked",), "the sum that the bank booked, where it exchanged it"),),
    "AccountConfirmed": (Further(2, ("number_from",), "the place where a number that was called stood"),),
    "BankFileImported": (Further(2, ("read_as",), "a bank's own CSV, read by a mapping"),),
    "MappingSigned": (Further(1, ("mapping",), "a mapping of a bank's own CSV"),),
    "EditionAsked": (Further(1, ("edition",), _EDITIONS),),
    "EditionConfirmed": (Further(1, ("edition",), _EDITIONS),),
    "PaperErasureApproved": (Further(1, ("sha256",), "the erasure of a paper"),),
    "SubmissionsSealed": (Further(1, ("root",), "a seal of what grantees handed in"),),
    "GranteeInvited": (Further(1, ("form",), "an invitation to a form"),),
    "InvitationEnded": (Further(1, ("invitation",), "an invitation to a form"),),
    "SubmissionReturned": (Further(1, _TAKEN_OVER, _HANDED_IN),),
    "LetterIssued": (Further(1, ("letter",), "a letter that is issued"),),
    "HouseRulesSet": (Further(2, tuple(f"rules.{rule}" for rule in _RULES), _RULES_IN_WORDS),),
    "PaymentShort": (Further(1, ("answer",), _SHORT),),
    "TranchePaidShort": (Further(1, ("money",), _SHORT),),
    "SheetTyped": (Further(1, ("confirmation",), _TYPED),),
    "SheetCountersigned": (Further(1, ("confirmation",), _TYPED),),
    "RestAgreed": (Further(1, ("remainder",), _SHORT),),
    "RestGivenUp": (Further(1, ("remainder",), "the rest of a tranche that two gave up"),),
    "RecoveryWaived": (Further(1, ("money",), "an overpayment that two let the grantee keep"),),
    "PaymentRecalled": (Further(1, ("due",), _RECALL),),
    "RecallAnswered": (Further(1, ("due",), _RECALL),),
    "RecallHeard": (Further(1, ("due",), _RECALL),),
    "PeriodCloseAsked": (Further(1, ("last_day",), _PERIOD),),
    "PeriodClosed": (Further(1, ("close_id",), _PERIOD),),
    "ImportSigned": (Further(1, ("order",), _IMPORT),),
    "ImportConfirmed": (Further(1, ("order_sha256",), _IMPORT),),
    "PartnershipImported": (Further(1, ("record",), _IMPORT),),
}
"""By type of event: what release 0.3.0 cannot read, the oldest form first. An event is written in the oldest that says
all of it.

Of a type that came since, a field that every such event has is named: it has no form before.
"""

NEW_FORMS: Final[Mapping[str, int]] = {event_type: NEWEST_FORMS[event_type] for event_type in FURTHER}
"""The forms that an installation is held from until a person opens them (ADR 0102), by type of event."""

KNOWN_BEFORE: Final[Mapping[str, int]] = {event_type: further[0].form - 1 for event_type, further in FURTHER.items()}
"""The newest form that release 0.3.0 reads, by type of event: this is not held."""


def form_of(event: AnyEvent) -> int:
    """Return the schema version in which an event is written: the oldest that says all of it."""
    further = FURTHER.get(event.event_type)
    if further is None:
        return event.schema_version
    said_forms = (gain.form for gain in further if any(says(event, field) for field in gain.fields))
    return max(said_forms, default=KNOWN_BEFORE[event.event_type])


def says(value: Any, way: str) -> bool:
    """True if something is said at the end of a way: more than None, than no, and than nothing."""
    field, _, further_way = way.partition(".")
    if isinstance(value, tuple):
        return any(says(entry, way) for entry in value)
    content = getattr(value, field, None)
    if further_way and content is not None:
        return says(content, further_way)
    return content is not None and content is not False and content != ()
