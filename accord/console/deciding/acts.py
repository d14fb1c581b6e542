"""The acts that a page offers: each with its form, its words, and the reason if it is not open to the reader now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.console.deciding.accounting import (
    any_refund,
    assurance_content,
    assurance_fields,
    chosen_refund,
    diversion_content,
    diversion_fields,
    open_refunds,
    refund_content,
    refund_fields,
    refund_probe,
    report_content,
    report_fields,
    report_probe,
    subrecipient_content,
    subrecipient_fields,
    subrecipient_probe,
    waiting_reports,
)
from accord.console.deciding.fields import (
    COMMENT,
    DOCUMENT,
    LOOKS_AFTER,
    NO_INTEREST,
    REASON,
    Choices,
    Field,
    Typed,
    content_as_typed,
    first,
    said,
)
from domain.directory.directory import Directory, role_fault
from domain.errors import DomainError
from domain.fault import Fault
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.approval.decisions import approve
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.payment.admission import RELEASABLE
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import IN_FLIGHT, Partnership
from domain.policy.conditions import CONDITIONS
from ledger import clock


@dataclass(frozen=True, slots=True)
class Act:
    """An act that people sign, and what its form asks."""

    slug: str
    words: str
    """The reader's possible act, such as 'Approve'."""
    command: type[c.StaffCommand]
    fields: Callable[[Partnership], tuple[Field, ...]]
    probe: Callable[[Partnership], Mapping[str, Any]]
    """Content with which the state is asked whether it allows the act at all."""
    shell: str
    """The command that does the same in a shell."""
    reads: Callable[[Partnership, Typed], dict[str, Any]] | None = None
    """Reads its content from the typed text, or None if its fields are those of the form."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as it stands for one reader: open, or closed with the reason."""

    act: Act
    closed: Fault | None = None


_ANY: Final = AccountReference(reference="BA-" + "A" * 12, sha256="0" * 64)
"""Stands for an account that is still to be named."""


_SIGNED_ON: Final = Field("signed_on", "Signed on", "The day on the agreement.", kind="day")
_WHOSE: Final = Field("person", "Whose interest", kind="person")
_QUESTION: Final = Field("question", "What must be answered", "The proposer reads this.")
_ON_FILE: Final = Field("note", "What is on file, and where")
_PAPERS: Final = Field(
    "condition",
    "Which condition",
    kind="choice",
    choices=tuple((condition_id.value, CONDITIONS[condition_id].what) for condition_id in CONDITIONS),
)
_WHAT: Final = Field("what", "What", "In words for the minutes.")


def _reason(_: Partnership) -> tuple[Field, ...]:
    return (REASON,)


def _because(_: Partnership) -> dict[str, Any]:
    return {"reason": "as it stands"}


def _legs(partnership: Partnership) -> Choices:
    legs = partnership.proposed.directions
    return tuple((leg.value, leg.value.replace("_", " ").lower()) for leg in legs)


def _hold_fields(partnership: Partnership) -> tuple[Field, ...]:
    every = (("", "the whole partnership"), *_legs(partnership)) if len(partnership.proposed.directions) > 1 else ()
    return (*((Field("leg", "What is held", kind="choice", choices=every),) if every else ()), REASON)


def _standing(partnership: Partnership) -> Choices:
    return tuple((str(hold.number), f"hold {hold.number} {hold.told}") for hold in partnership.holds)


def _releasable(partnership: Partnership) -> Choices:
    able = (tranche for tranche in partnership.tranches if tranche.state in RELEASABLE)
    return tuple(
        (str(progress.number), f"tranche {progress.number}: {progress.money}, {progress.state.value.lower()}")
        for progress in able
    )


def _in_flight(partnership: Partnership) -> Choices:
    flying = (tranche for tranche in partnership.tranches if tranche.state in IN_FLIGHT)
    return tuple(
        (
            f"{progress.number}.{progress.attempt}",
            f"tranche {progress.number}, attempt {progress.attempt}: {progress.money}",
        )
        for progress in flying
    )


def _open_papers(partnership: Partnership) -> Choices:
    return tuple((condition.value, CONDITIONS[condition].what) for condition in partnership.open_conditions())


def _choice(
    name: str, label: str, choices: Callable[[Partnership], Choices]
) -> Callable[[Partnership], tuple[Field, ...]]:
    return lambda partnership: (Field(name, label, kind="choice", choices=choices(partnership)), REASON)


def _sign_fields(partnership: Partnership) -> tuple[Field, ...]:
    account = Field(
        "account",
        "The payee's account",
        "BA-…, as `accord payments account` printed it; of an earlier grant: `accord partner NAME`.",
        kind="line",
    )
    return (_SIGNED_ON, account, DOCUMENT) if partnership.proposed.funds_out else (_SIGNED_ON, DOCUMENT)


def _clear_fields(partnership: Partnership) -> tuple[Field, ...]:
    asked = tuple((one, one) for one in partnership.to_clear)
    return (Field("questions", "What you looked into", kind="choices", choices=asked), REASON, DOCUMENT, NO_INTEREST)


_ANY_PAPER: Final = "0" * 64
"""Stands for the digest that is to be typed, where only the paper is missing."""


def _paper_of_a_clearance(partnership: Partnership) -> dict[str, str]:
    return {"document_sha256": _ANY_PAPER} if partnership.stage is Stage.ELIGIBILITY else {}


def _approve_fields(partnership: Partnership) -> tuple[Field, ...]:
    return (REASON, DOCUMENT, NO_INTEREST) if partnership.stage is Stage.ELIGIBILITY else (REASON, NO_INTEREST)


def _cancellation(_: Partnership, typed: Typed) -> dict[str, Any]:
    return {**_payment(said(typed, "payment")), "reason": said(typed, "reason")}


def _payment(written: str) -> dict[str, Any]:
    tranche, _, attempt = written.partition(".")
    return {"tranche": tranche, "attempt": attempt}


ACTS: Final[tuple[Act, ...]] = (
    Act("approve", "Approve", c.Approve, _approve_fields,
        lambda partnership: {"reason": "as it stands", "no_interest": True, **_paper_of_a_clearance(partnership)},
        "approve {id} --reason REASON --no-interest"),
    Act("clear", "Clear what is asked", c.ClearQuestions, _clear_fields,
        lambda partnership: {"questions": tuple(partnership.to_clear) or ("nothing",), "no_interest": True,
                             **_because(partnership), "document_sha256": _ANY_PAPER},
        "clear {id} --reason REASON"),
    Act("decline", "Decline", c.Decline, _reason, _because, "decline {id} --reason REASON"),
    Act("return", "Ask for information", c.ReturnForInformation,
        lambda _: (_QUESTION,),
        lambda _: {"question": "as it stands"}, "return {id} --question QUESTION"),
    Act("extend", "Give more time", c.ExtendDeadline, _reason, _because, "extend {id} --reason REASON"),
    Act("sign-agreement", "Record the signed agreement", c.SignAgreement, _sign_fields,
        lambda partnership: {"signed_on": clock.today(), "account": _ANY if partnership.proposed.funds_out else None},
        "sign-agreement {id} --account BA-…"),
    Act("release", "Release a tranche", c.Release,
        lambda partnership: (Field("tranche", "Which tranche", kind="choice", choices=_releasable(partnership)),),
        lambda partnership: {"tranche": int(first(_releasable(partnership), "1"))}, "release {id} --tranche N"),
    Act("cancel-payment", "Take a release back", c.CancelPayment, _choice("payment", "Which payment", _in_flight),
        lambda partnership: {**_payment(first(_in_flight(partnership), "1.1")), **_because(partnership)},
        "payments cancel {id} --tranche N --reason REASON", _cancellation),
    Act("report", "Record a report", c.Report, report_fields, report_probe, "report {id} --summary TEXT",
        report_content),
    Act("accept-report", "Accept a report", c.AcceptReport, _choice("report", "Which report", waiting_reports),
        lambda partnership: {"report": int(first(waiting_reports(partnership), "1")), **_because(partnership)},
        "accept-report {id} --report N --reason REASON"),
    Act("return-report", "Return a report", c.ReturnReport, _choice("report", "Which report", waiting_reports),
        lambda partnership: {"report": int(first(waiting_reports(partnership), "1")), **_because(partnership)},
        "return-report {id} --report N --reason REASON"),
    Act("satisfy", "Put papers on file", c.Satisfy,
        lambda partnership: (Field("condition", "Which condition", kind="choice", choices=_open_papers(partnership)),
                       _ON_FILE, DOCUMENT),
        lambda partnership: {"condition": first(_open_papers(partnership), next(iter(CONDITIONS)).value),
                             "note": "as it stands"},
        "satisfy {id} --condition CONDITION --note NOTE"),
    Act("refund", "Record a refund", c.RecordRefund, refund_fields, refund_probe,
        "refund {id} --amount SUM --bank-reference REF --booked-on DAY --reason REASON", refund_content),
    Act("confirm-refund", "Confirm a refund", c.ConfirmRefund, _choice("bank_reference", "Which refund", open_refunds),
        any_refund, "confirm-refund {id} --bank-reference REF --reason REASON", chosen_refund),
    Act("withdraw-refund", "Take a refund back", c.WithdrawRefund,
        _choice("bank_reference", "Which refund", open_refunds), any_refund,
        "withdraw-refund {id} --bank-reference REF --reason REASON", chosen_refund),
    Act("comment", "Comment", c.Comment, lambda _: (COMMENT,), lambda _: {"text": "as it stands"},
        "comment {id} --text TEXT"),
    Act("assign", "Say who looks after it", c.Assign, lambda _: (LOOKS_AFTER,),
        lambda partnership: {"to": None if partnership.assigned else "somebody.else"}, "assign {id} --to STAFF"),
    Act("declare-interest", "Declare an interest", c.DeclareInterest, lambda _: (_WHOSE, _WHAT),
        lambda _: {"interest": {"person": "somebody.else", "what": "as it stands"}},
        "declare-interest {id} --what TEXT",
        lambda _, typed: {"interest": {name: said(typed, name) for name in ("person", "what")}}),
    Act("report-subrecipients", "Report whom the payee supports", c.ReportSubrecipients, subrecipient_fields,
        subrecipient_probe, "report-subrecipients {id} FILE", subrecipient_content),
    Act("report-diversion", "Report a diversion", c.ReportDiversion, diversion_fields,
        lambda _: {"what": "as it stands"}, "report-diversion {id} --what TEXT", diversion_content),
    Act("assure", "Record assurances", c.RecordAssurance, assurance_fields,
        lambda _: {"what": "as it stands"}, "assure {id} --what TEXT", assurance_content),
    Act("hold", "Place a hold", c.PlaceHold, _hold_fields, _because, "hold {id} --reason REASON"),
    Act("lift", "Lift a hold", c.LiftHold,
        lambda partnership: (Field("holds", "Which holds", kind="choices", choices=_standing(partnership)), REASON),
        _because, "lift {id} --hold N --reason REASON"),
    Act("end-leg", "End one leg", c.EndLeg, _choice("leg", "Which leg", _legs),
        lambda partnership: {"leg": first(_legs(partnership)), **_because(partnership)},
        "end-leg {id} --leg LEG --reason REASON"),
    Act("withdraw", "Withdraw", c.Withdraw, _reason, _because, "withdraw {id} --reason REASON"),
    Act("reopen", "Reopen", c.Reopen, _reason, _because, "reopen {id} --reason REASON"),
    Act("terminate", "Terminate", c.Terminate, _reason, _because, "terminate {id} --reason REASON"),
)  # fmt: skip

BY_SLUG: Final[Mapping[str, Act]] = {act.slug: act for act in ACTS}


class Together(NamedTuple):
    """An act that is taken on several partnerships: what is asked once for all, and what follows from each."""

    fields: tuple[Field, ...] = ()
    follows: Callable[[Partnership], Mapping[str, Any]] = lambda _: {}


TOGETHER: Final[Mapping[str, Together]] = {
    "approve": Together((REASON, NO_INTEREST)),
    "sign-agreement": Together((_SIGNED_ON,)),
    "release": Together((), lambda partnership: {"tranche": first(_releasable(partnership), "1")}),
    "accept-report": Together((REASON,), lambda partnership: {"report": first(waiting_reports(partnership), "1")}),
    "return-report": Together((REASON,), lambda partnership: {"report": first(waiting_reports(partnership), "1")}),
    "satisfy": Together((_PAPERS, _ON_FILE, DOCUMENT)),
    "clear": Together((REASON, NO_INTEREST), lambda partnership: {"questions": tuple(partnership.to_clear)}),
    "return": Together((_QUESTION,)),
    "decline": Together((REASON,)),
    "extend": Together((REASON,)),
    "hold": Together((REASON,)),
    "lift": Together((REASON,)),
    "withdraw": Together((REASON,)),
    "terminate": Together((REASON,)),
    "assign": Together((LOOKS_AFTER,)),
    "comment": Together((COMMENT,)),
}


def offers(partnership: Partnership, reader: str, directory: Directory) -> tuple[Offer, ...]:
    """Return every act for a reader. Closed ones have the rule's own reason."""
    return tuple(Offer(act, closed(act, partnership, reader, directory, clock.today())) for act in ACTS)


def closed(act: Act, partnership: Partnership, reader: str, directory: Directory, on: date) -> Fault | None:
    """Return the reason why an act is not open to a reader now, or None. The gates ask again when it is signed."""
    faults = [_fault_of(probe, partnership, directory, on) for probe in _probes(act, partnership, reader)]
    if all(faults):
        return faults[0]
    if frozen := directory.freezing(reader):
        return frozen
    return role_fault(directory, reader, act.words.lower(), PROCEDURE[act.command].roles, on)


def _fault_of(probe: c.StaffRequest, partnership: Partnership, directory: Directory, on: date) -> Fault | None:
    try:
        admit(partnership, probe)
        if isinstance(probe, c.Approve):  # which role is wanted depends on the stage, and on who approved already
            held = directory.capacities(probe.actor, on)
            approve(partnership, probe, Circumstances(authority=Authority(capacities=held, rules=directory.rules)))
    except DomainError as fault:
        return Fault(str(fault))
    return None


def _probes(act: Act, partnership: Partnership, reader: str) -> list[c.StaffRequest]:
    """Return the questions to the state.

    An act is open if the answer to one of them is yes. Of several holds each is asked about.
    """
    content = {"command_id": UUID(int=0), "at": clock.now(), "actor": reader, **act.probe(partnership)}
    if act.command is not c.LiftHold or not partnership.holds:
        return [act.command(**content)]  # type: ignore[list-item]
    return [c.LiftHold(**content, holds=(hold.number,)) for hold in partnership.holds]


def content_of(act: Act, partnership: Partnership, typed: Typed) -> dict[str, Any]:
    """Return a command's content from what was typed and chosen."""
    return act.reads(partnership, typed) if act.reads is not None else content_as_typed(act.fields(partnership), typed)


def account_in(content: Mapping[str, Any]) -> str:
    """Return the reference of an account that was typed, or ''."""
    given = content.get("account")
    return "" if given is None or isinstance(given, AccountReference) else str(given)
