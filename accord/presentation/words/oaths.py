"""The one sentence that says what a person signs, by act: 'You approve USD 5,000.00 from ... to ...'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from accord.presentation.words.codes import words_of
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.values import NamesInWords, listed, money_in_words, refund_in_words
from domain.partnership import commands as c
from domain.partnership.choices import payable
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.blocked_years import year_to_report
from domain.policy.conditions import ConditionId
from domain.proposal import Proposal

Oath = tuple[tuple[str, bool], ...]
"""The sentence in pieces, each with True where it is to stand out."""


def oath_of(command: c.StaffCommand, proposal: Proposal, partnership: Partnership | None, names: NamesInWords) -> Oath:
    """Return the sentence of an act. `partnership` is None where the act proposes a new one."""
    template = _OATHS[type(command)](command, partnership, names)
    pieces = template.format(what=subject_of(proposal, names), title=_plain(proposal.title)).split("*")
    return tuple((piece, bool(place % 2)) for place, piece in enumerate(pieces) if piece)


def subject_of(proposal: Proposal, names: NamesInWords) -> str:
    """Return what a partnership is about in a few words: its money with from and to, or the work without money."""
    out, gift = proposal.funds_out, proposal.funds_in
    legs = []
    if out is not None:
        funds = [_plain(names.funds[part.fund]) for part in out.parts if part.fund in names.funds]
        source = ", ".join([names.funder(out.funder), *([listed(funds)] if funds else [])])
        legs.append(f"*{money_in_words(out.total)}* from {source} to *{_plain(out.payee.name)}*")
    if gift is not None:
        legs.append(f"*{money_in_words(gift.money)}* from *{_plain(gift.donor.name)}* to {names.funder(gift.funder)}")
    if not legs:
        legs.append(f"work without money with *{_plain(proposal.partner.name)}*")
    return listed(legs)


def _approve(_: Any, partnership: Partnership | None, names: NamesInWords) -> str:
    if partnership is not None and partnership.stage is Stage.ELIGIBILITY:
        return "You let the rules' question go, so that {what} *goes to approval*."
    return "You *approve* {what}."


def _release(command: Any, partnership: Partnership | None, names: NamesInWords) -> str:
    progress = partnership.tranche(command.tranche) if partnership is not None else None
    out = partnership.proposed.funds_out if partnership is not None else None
    if progress is None or out is None:
        return f"You *release* payment {command.tranche} of {{title}}."
    again = ", once more," if command.attempt and command.attempt > 1 else ""
    paid = f"*{money_in_words(payable(progress))}* to *{_plain(out.payee.name)}*"
    return f"You *release*{again} payment {progress.number} of {len(partnership.tranches)}: {paid}."  # type: ignore[union-attr]


def _letter(command: Any, *_: Any) -> str:
    about = f" {command.about}" if command.about is not None else ""
    return f"You *issue* a letter on {{title}}: the *{words_of(command.letter)}{about}*, as you read it here."


def _invitation(command: Any, *_: Any) -> str:
    return f"You *invite* contact {command.contact} of {{title}} to a form: {words_of(command.form)}."


def _judged(verb: str) -> Callable[[Any, Partnership | None, NamesInWords], str]:
    def sentence(command: Any, partnership: Partnership | None, names: NamesInWords) -> str:
        report = partnership.reporting.report(command.report) if partnership is not None else None
        kind = f", the {words_of(report.kind)}" if report is not None else ""
        return f"You *{verb}* report {command.report}{kind}, on {{title}}."

    return sentence


def _refund(verb: str) -> Callable[[Any, Partnership | None, NamesInWords], str]:
    def sentence(command: Any, partnership: Partnership | None, names: NamesInWords) -> str:
        refund = next(
            (
                refund
                for refund in (partnership.refunds if partnership is not None else ())
                if refund.is_named(command.bank_reference, command.detail)
            ),
            None,
        )
        money = f" of *{refund_in_words(refund)}*" if refund is not None else ""
        return f"You *{verb}* the refund{money} on {{title}}."

    return sentence


def _plain(text: str) -> str:
    return text.replace("{", "(").replace("}", ")").replace("*", "")


def _to(command: Any, _: Partnership | None, names: NamesInWords) -> str:
    return f"You *assign* {{title}} to {_plain(names.person(command.to)) if command.to else 'nobody in particular'}."


def _satisfy(command: Any, partnership: Partnership | None, *_: Any) -> str:
    held_on = year_to_report(partnership) if partnership is not None else None
    if held_on is not None and command.condition is ConditionId.SANCTIONS_REPORT:
        held = whole_day_in_words(held_on)
        return f"You say that the report of the blocked property that was held on {held} is *on file* for {{title}}."
    return f"You say that the papers are *on file* for {{title}}: {words_of(command.condition)}."


def _agreement(command: Any, *_: Any) -> str:
    return f"You record that the agreement on {{what}} was *signed* on {whole_day_in_words(command.signed_on)}."


def _cancelled(command: Any, *_: Any) -> str:
    return f"You *take back* the release of payment {command.tranche} of {{title}}. Nothing is paid by it."


def _recorded(command: Any, *_: Any) -> str:
    booked = f", *{money_in_words(command.booked)}* on our account" if command.booked is not None else ""
    words = words_of(command.direction)
    return f"You record that *{money_in_words(command.money)}* came back on {{title}}{booked}: {words}."


def _interest(command: Any, _: Partnership | None, names: NamesInWords) -> str:
    return f"You declare an *interest* of {_plain(names.person(command.interest.person))} in {{title}}."


def _says(sentence: str) -> Callable[[Any, Partnership | None, NamesInWords], str]:
    return lambda *_: sentence


_OATHS: Final[Mapping[type[c.StaffCommand], Callable[[Any, Partnership | None, NamesInWords], str]]] = {
    c.Propose: _says("You *propose* {what}."),
    c.Amend: _says("You *change* {title} to {what}."),
    c.Approve: _approve,
    c.ClearQuestions: _says("You say that you looked into what the registers ask of {title}, and that it is *clear*."),
    c.Decline: _says("You *decline* {what}, for good."),
    c.ReturnForInformation: _says("You *send back* {title} to its proposer, with a question."),
    c.ExtendDeadline: _says("You give *more time* to those who must act on {title}."),
    c.Withdraw: _says("You *withdraw* {title}."),
    c.SignAgreement: _agreement,
    c.Release: _release,
    c.CancelPayment: _cancelled,
    c.AgreeRest: lambda command, *_: (
        f"You agree that the rest of payment {command.tranche} of {{title}} is paid: "
        f"*{money_in_words(command.remainder)}*."
    ),
    c.GiveUpRest: lambda command, *_: (
        f"You *give up* the rest of payment {command.tranche} of {{title}}: *{money_in_words(command.remainder)}*. "
        "Once two did, nobody pays it any more, and its funds have it again."
    ),
    c.WaiveRecovery: lambda command, *_: (
        f"You let the grantee of {{title}} *keep {money_in_words(command.money)}* that was paid beyond the plan. "
        "Once two did, nobody asks it back any more."
    ),
    c.RecallPayment: lambda command, *_: (
        f"You *ask for payment {command.tranche}* of {{title}} *back*. Nothing is sent: somebody tells the bank."
    ),
    c.AnswerRecall: lambda command, *_: (
        f"You record that the bank *{words_of(command.answer)}* the recall of payment {command.tranche} of {{title}}."
    ),
    c.Report: _says("You record a *report* on {title}. Somebody else accepts it, or returns it."),
    c.AcceptReport: _judged("accept"),
    c.ReturnReport: _judged("return"),
    c.RecordRefund: _recorded,
    c.ConfirmRefund: _refund("confirm"),
    c.WithdrawRefund: _refund("take back"),
    c.Satisfy: _satisfy,
    c.PlaceHold: _says("You put {title} *on hold*: nothing is approved, signed or paid until somebody else lifts it."),
    c.LiftHold: _says("You *lift* a hold on {title}."),
    c.EndLeg: lambda command, *_: f"You *end* {words_of(command.leg)} of {{title}}. The rest goes on.",
    c.Reopen: _says("You *reopen* {title}: what came back may be paid again."),
    c.Terminate: _says("You *end* {title} early, for good."),
    c.DeclareInterest: _interest,
    c.Comment: _says("You *comment* on {title}. It decides nothing."),
    c.Assign: _to,
    c.ReportSubrecipients: _says("You report *whom the payee supports* in {title}. It replaces the earlier list."),
    c.ReportDiversion: _says("You report that money of {title} was *diverted*. It is put on hold."),
    c.RecordAssurance: _says("You record the grantee's *assurances* on {title}."),
    c.IssueLetter: _letter,
    c.InviteGrantee: _invitation,
    c.EndInvitation: _says("You *end* an invitation on {title}. Its links open nothing any more."),
    c.ReturnSubmission: _says("You *return* what the grantee handed in on {title}. It counts for nothing."),
}
"""By act: the sentence, with {what} or {title} in it, and what stands out between asterisks."""

DONE: Final[Mapping[type[c.StaffCommand], str]] = {
    c.Propose: "Proposed",
    c.Amend: "Changed",
    c.Approve: "Approved",
    c.ClearQuestions: "Cleared",
    c.Decline: "Declined",
    c.ReturnForInformation: "Sent back",
    c.ExtendDeadline: "More time given",
    c.Withdraw: "Withdrawn",
    c.SignAgreement: "Agreement recorded",
    c.Release: "Released",
    c.CancelPayment: "Release taken back",
    c.AgreeRest: "Agreed",
    c.GiveUpRest: "Given up",
    c.WaiveRecovery: "Waived",
    c.RecallPayment: "Recall recorded",
    c.AnswerRecall: "Answer recorded",
    c.Report: "Report recorded",
    c.AcceptReport: "Report accepted",
    c.ReturnReport: "Report returned",
    c.RecordRefund: "Refund recorded",
    c.ConfirmRefund: "Refund confirmed",
    c.WithdrawRefund: "Refund taken back",
    c.Satisfy: "On file",
    c.PlaceHold: "On hold",
    c.LiftHold: "Hold lifted",
    c.EndLeg: "Ended",
    c.Reopen: "Reopened",
    c.Terminate: "Ended",
    c.DeclareInterest: "Interest declared",
    c.Comment: "Comment recorded",
    c.Assign: "Assigned",
    c.ReportSubrecipients: "Reported",
    c.ReportDiversion: "Reported, and on hold",
    c.RecordAssurance: "Assurances recorded",
    c.IssueLetter: "Letter issued",
    c.InviteGrantee: "Invited",
    c.EndInvitation: "Invitation ended",
    c.ReturnSubmission: "Returned",
}
"""By act: the heading once it is recorded."""
