"""The acts that a page offers: each with its form, its words, and the reason if it is not open to the reader now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.console.deciding.accounting import (
    any_refund,
    assurance_content,
    assurance_fields,
    chosen_refund,
    chosen_refund_fields,
    diversion_content,
    diversion_fields,
    refund_content,
    refund_fields,
    refund_probe,
    report_content,
    report_fields,
    report_probe,
    subrecipient_content,
    subrecipient_fields,
    subrecipient_probe,
)
from accord.console.deciding.fields import (
    DOCUMENT,
    NO_INTEREST,
    REASON,
    Field,
    Typed,
    content_as_typed,
    first,
    form_field,
    form_fields,
    said,
)
from accord.console.deciding.letters.forms import letter_fields, letter_order, letter_probe
from accord.console.deciding.spending import acceptance_content, acceptance_fields
from accord.console.door.invitations import invite_fields, invite_probe
from accord.presentation.acts import fields_of, first_choices, usage_of
from accord.presentation.refusals import closed_by_role, closed_by_stage, closing_reason, refusal_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory
from domain.errors import DomainError
from domain.fault import Fault
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.admission import admit, stage_allows
from domain.partnership.approval.decisions import approve
from domain.partnership.choices import (
    open_recalls,
    payments_on_their_way,
    payments_that_left,
    remainder_of,
    tranches_with_a_remainder,
)
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.letter.terms import agreement_issued
from domain.partnership.payment.overpaying import overpaid_money
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.screening.approved_sums import ApprovedSum
from ledger import clock

Sums = Sequence[ApprovedSum]


class ActForm(NamedTuple):
    """What an act's form has of its own, beside what the fields of the command say."""

    fields: Callable[[Partnership], tuple[Field, ...]] | None = None
    probe: Callable[[Partnership], Mapping[str, Any]] | None = None
    reads: Callable[[Partnership, Typed], dict[str, Any]] | None = None
    """Reads its content from what was typed; None if its fields are those of the form."""


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """An act that people sign, and what its form asks."""

    slug: str
    words: str
    """The reader's possible act, such as 'Approve'."""
    command: type[c.StaffCommand]
    form: ActForm

    def fields(self, partnership: Partnership) -> tuple[Field, ...]:
        """Return the fields of its form."""
        special_fields = self.form.fields
        return special_fields(partnership) if special_fields is not None else form_fields(self.command, partnership)

    def probe(self, partnership: Partnership) -> Mapping[str, Any]:
        """Return content with which the state is asked whether it allows the act at all."""
        special_content = self.form.probe(partnership) if self.form.probe is not None else {}
        return {**PROCEDURE[self.command].example, **first_choices(self.command, partnership), **special_content}

    def shell(self, partnership_id: str) -> str:
        """Return the command that does the same in a shell."""
        return usage_of(self.command, partnership_id)


_ANY: Final = AccountReference(reference="BA-" + "A" * 12, sha256="0" * 64)
"""Stands for an account that is still to be named."""
_ANY_PAPER: Final = "0" * 64
"""Stands for the digest that is to be typed, where only the paper is missing."""

_ACCOUNT: Final = Field(
    "account",
    "The payee's account",
    "Where the payments go. It was recorded at the counter, and another person called the payee about it.",
    kind="line",
)
_WHOSE: Final = Field("person", "Whose interest", kind="person")
_SIGNED_ON: Final = form_field(c.SignAgreement, "signed_on")
_LOOKS_AFTER: Final = replace(form_field(c.Assign, "to"), choices=(("", "nobody in particular"),))


def _hold_fields(partnership: Partnership) -> tuple[Field, ...]:
    leg = form_field(c.PlaceHold, "leg", partnership)
    every = replace(leg, choices=(("", "the whole partnership"), *leg.choices))
    return (every, REASON) if len(leg.choices) > 1 else (REASON,)


def _sign_fields(partnership: Partnership) -> tuple[Field, ...]:
    signed_on = replace(_SIGNED_ON, begins_with=clock.today().isoformat())
    document = replace(DOCUMENT, begins_with=agreement_issued(partnership) or "")
    return (signed_on, _ACCOUNT, document) if partnership.proposed.funds_out else (signed_on, document)


def _approve_fields(partnership: Partnership) -> tuple[Field, ...]:
    return (REASON, DOCUMENT, NO_INTEREST) if partnership.stage is Stage.ELIGIBILITY else (REASON, NO_INTEREST)


def _payment_fields(partnership: Partnership) -> tuple[Field, ...]:
    return (Field("payment", "Which payment", kind="choice", choices=payments_on_their_way(partnership)), REASON)


def _cancellation(_: Partnership, answers: Typed) -> dict[str, Any]:
    return {**_payment(said(answers, "payment")), "reason": said(answers, "reason")}


def _payment(reference: str) -> dict[str, Any]:
    tranche, _, attempt = reference.partition(".")
    return {"tranche": tranche, "attempt": attempt}


def _rest_fields(partnership: Partnership) -> tuple[Field, ...]:
    return (form_field(c.AgreeRest, "tranche", partnership), REASON)


def _rest(partnership: Partnership, tranche: str) -> dict[str, Any]:
    """Return the tranche with its rest as it stands, which the reader is shown and signs."""
    progress = next((progress for progress in partnership.tranches if str(progress.number) == tranche), None)
    content = {"remainder": remainder_of(progress)} if progress is not None and progress.has_remainder else {}
    return {"tranche": tranche, **content}


def _rest_agreed(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    return {**_rest(partnership, said(answers, "tranche")), "reason": said(answers, "reason")}


def _overpaid(partnership: Partnership) -> dict[str, Any]:
    """Return the sum that is paid beyond the plan and open, which the reader is shown and signs."""
    return {"money": overpaid_money(partnership)} if partnership.overpaid_open else {}


_FORMS: Final[Mapping[type[c.StaffCommand], ActForm]] = {
    c.Approve: ActForm(
        _approve_fields,
        lambda partnership: {"document_sha256": _ANY_PAPER} if partnership.stage is Stage.ELIGIBILITY else {},
    ),
    c.ClearQuestions: ActForm(
        probe=lambda partnership: {
            "questions": tuple(partnership.to_clear) or ("nothing",), "document_sha256": _ANY_PAPER,
        },
    ),
    c.SignAgreement: ActForm(
        _sign_fields,
        lambda partnership: {"signed_on": clock.today(), "account": _ANY if partnership.proposed.funds_out else None},
    ),
    c.CancelPayment: ActForm(
        _payment_fields,
        lambda partnership: _payment(first(payments_on_their_way(partnership), "1.1")), _cancellation,
    ),
    **dict.fromkeys(
        (c.AgreeRest, c.GiveUpRest),
        ActForm(
            _rest_fields,
            lambda partnership: _rest(partnership, first(tranches_with_a_remainder(partnership), "1")), _rest_agreed,
        ),
    ),
    c.WaiveRecovery: ActForm(
        lambda _: (REASON,), _overpaid,
        lambda partnership, typed: {**_overpaid(partnership), "reason": said(typed, "reason")},
    ),
    c.RecallPayment: ActForm(
        lambda partnership: (
            Field("payment", "Which payment", kind="choice", choices=payments_that_left(partnership)), REASON,
            form_field(c.RecallPayment, "responsible"),
        ),
        lambda partnership: _payment(first(payments_that_left(partnership), "1.1")),
        lambda _, typed: {
            **_payment(said(typed, "payment")), "reason": said(typed, "reason"),
            "responsible": said(typed, "responsible") or None,
        },
    ),
    c.AnswerRecall: ActForm(
        lambda partnership: (
            Field("payment", "Which payment", kind="choice", choices=open_recalls(partnership)),
            form_field(c.AnswerRecall, "answer"), REASON, DOCUMENT,
        ),
        lambda partnership: _payment(first(open_recalls(partnership), "1.1")),
        lambda _, typed: {
            **_payment(said(typed, "payment")), "answer": said(typed, "answer"), "reason": said(typed, "reason"),
            "document_sha256": said(typed, "document_sha256"),
        },
    ),
    c.Report: ActForm(report_fields, report_probe, report_content),
    c.AcceptReport: ActForm(acceptance_fields, reads=acceptance_content),
    c.RecordRefund: ActForm(refund_fields, refund_probe, refund_content),
    c.ConfirmRefund: ActForm(chosen_refund_fields, any_refund, chosen_refund),
    c.WithdrawRefund: ActForm(chosen_refund_fields, any_refund, chosen_refund),
    c.PlaceHold: ActForm(_hold_fields),
    c.DeclareInterest: ActForm(
        lambda _: (_WHOSE, Field("what", "What", "In words for the minutes.")),
        lambda _: {"interest": {"person": "somebody.else", "what": "as it stands"}},
        lambda _, typed: {"interest": {name: said(typed, name) for name in ("person", "what")}},
    ),
    c.Assign: ActForm(
        lambda _: (_LOOKS_AFTER,), lambda partnership: {"to": None if partnership.assigned else "somebody.else"},
    ),
    c.ReportSubrecipients: ActForm(subrecipient_fields, subrecipient_probe, subrecipient_content),
    c.ReportDiversion: ActForm(diversion_fields, reads=diversion_content),
    c.RecordAssurance: ActForm(assurance_fields, reads=assurance_content),
    c.IssueLetter: ActForm(letter_fields, letter_probe, letter_order),
    c.InviteGrantee: ActForm(invite_fields, invite_probe),
}  # fmt: skip
"""The acts whose form is not made from the fields of the command alone."""

ACTS: Final[tuple[OfferedAct, ...]] = tuple(
    OfferedAct(step.name.replace(" ", "-"), step.title, command, _FORMS.get(command, ActForm()))
    for command, step in PROCEDURE.items()
    if command not in (c.Propose, c.Amend, c.ReturnSubmission)
)
"""Every act with a form. A proposal has pages of its own, and a submission is returned from the inbox."""

BY_SLUG: Final[Mapping[str, OfferedAct]] = {act.slug: act for act in ACTS}


class GroupAct(NamedTuple):
    """An act that is taken on several partnerships: what is asked once for all, and what follows from each."""

    fields: tuple[Field, ...] = ()
    follows: Callable[[Partnership], Mapping[str, Any]] = lambda _: {}


def _together(command: type[c.StaffCommand], *fields: Field) -> tuple[str, GroupAct]:
    """Return an act on several by its slug: its fields, if none are given, are those that no state decides."""
    common_fields = fields or tuple(
        form_field(command, field.name)
        for field in fields_of(command)
        if field.asked and field.choices is None and (field.required or field.name == "no_interest")
    )
    return PROCEDURE[command].name, GroupAct(common_fields, lambda partnership: first_choices(command, partnership))


TOGETHER: Final[Mapping[str, GroupAct]] = dict((
    _together(c.Approve),
    _together(c.SignAgreement),
    _together(c.Release),
    _together(c.AcceptReport),
    _together(c.ReturnReport),
    _together(c.Satisfy, form_field(c.Satisfy, "condition"), form_field(c.Satisfy, "note"), DOCUMENT),
    _together(c.ClearQuestions),
    _together(c.ReturnForInformation),
    _together(c.Decline),
    _together(c.ExtendDeadline),
    _together(c.PlaceHold),
    _together(c.LiftHold),
    _together(c.Withdraw),
    _together(c.Terminate),
    _together(c.Assign, _LOOKS_AFTER),
    _together(c.Comment),
))  # fmt: skip


def open_acts(
    partnership: Partnership, reader: str, directory: Directory, on: date, together: Sums = ()
) -> tuple[OfferedAct, ...]:
    """Return the acts that are open to a reader now. The state is asked about those that stage and roles allow."""
    roles = frozenset(capacity.role for capacity in directory.capacities(reader, on))
    return tuple(
        act
        for act in ACTS
        if stage_allows(partnership, act.command)
        and not roles.isdisjoint(PROCEDURE[act.command].roles)
        and closed(act, partnership, reader, directory, on, together) is None
    )


def closed(
    act: OfferedAct, partnership: Partnership, reader: str, directory: Directory, on: date, together: Sums = ()
) -> Fault | None:
    """Return the reason why an act is not open to a reader now, or None. The gates ask again when it is signed.

    `together`: the sums that count with the partnership's own, which decide who approves.
    """
    by_stage = closed_by_stage(act.command, partnership, NamesInWords(directory))
    if by_stage is not None and not stage_allows(partnership, act.command):  # most acts: nothing else need be asked
        return by_stage
    return closed_to(_probes(act, partnership, reader), partnership, directory, on, together)


def closed_to(
    probes: Sequence[c.StaffRequest], partnership: Partnership, directory: Directory, on: date, together: Sums = ()
) -> Fault | None:
    """Return the reason why an act is not open to who asks with these probes, or None if one of them is let through."""
    first_probe, names = probes[0], NamesInWords(directory)
    faults = [fault for probe in probes if (fault := _fault_of(probe, partnership, directory, on, together))]
    if len(faults) == len(probes):
        return closing_reason(faults[0], partnership, first_probe, names, on)
    return _frozen(directory, first_probe.actor, names) or closed_by_role(
        PROCEDURE[type(first_probe)].roles, first_probe.actor, names, on
    )


def _frozen(directory: Directory, actor: str, names: NamesInWords) -> Fault | None:
    fault = directory.freezing(actor)
    return fault and Fault(refusal_in_words(fault, names))


def _fault_of(
    probe: c.StaffRequest, partnership: Partnership, directory: Directory, on: date, together: Sums
) -> Fault | None:
    try:
        admit(partnership, probe)
        if isinstance(probe, c.Approve):  # which role is wanted depends on the stage, and on who approved already
            authority = Authority(capacities=directory.capacities(probe.actor, on), rules=directory.rules)
            approve(partnership, probe, Circumstances(authority=authority, together=tuple(together)))
    except DomainError as fault:
        return Fault(str(fault))
    return None


def _probes(act: OfferedAct, partnership: Partnership, reader: str) -> list[c.StaffRequest]:
    """Return the questions to the state.

    An act is open if the answer to one of them is yes. Of several holds each is asked about.
    """
    content = {"command_id": UUID(int=0), "at": clock.now(), "actor": reader, **act.probe(partnership)}
    if act.command is not c.LiftHold or not partnership.holds:
        return [act.command(**content)]  # type: ignore[list-item]
    return [c.LiftHold(**content, holds=(hold.number,)) for hold in partnership.holds]


def content_of(act: OfferedAct, partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return a command's content from what was typed and chosen."""
    reads = act.form.reads
    return reads(partnership, answers) if reads is not None else content_as_typed(act.fields(partnership), answers)
