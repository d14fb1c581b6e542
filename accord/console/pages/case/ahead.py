"""The step ahead of a case in words: the question that it is about now, who can answer it, and what comes next."""

from __future__ import annotations

from functools import cache
from typing import Final

from accord.presentation.acts import command_named
from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.people.staffing import steps_ahead
from domain.partnership.people.steps import able_to_act
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import Outlook, outlook
from ledger import clock

ASKED: Final[dict[type[c.StaffCommand], tuple[str, str]]] = {
    c.Approve: ("Do you approve this?", "Approve"),
    c.ClearQuestions: ("Is what the registers ask clear?", "Clear what is asked"),
    c.SignAgreement: ("Is the agreement signed?", "Record the signed agreement"),
    c.Release: ("May the next payment leave?", "Release the payment"),
    c.CancelPayment: ("Must the release be taken back?", "Take the release back"),
    c.AgreeRest: ("Is the rest of the payment to be paid?", "Agree to pay the rest"),
    c.GiveUpRest: ("Is the rest of the payment never to be paid?", "Give up the rest"),
    c.WaiveRecovery: ("May the grantee keep what it was paid beyond the plan?", "Let the grantee keep it"),
    c.AnswerRecall: ("Has the bank answered the recall?", "Record its answer"),
    c.Report: ("Has the grantee reported?", "Record a report"),
    c.AcceptReport: ("Do you accept the report?", "Accept the report"),
    c.ConfirmRefund: ("Did the refund come in, as it is recorded?", "Confirm the refund"),
    c.RecordRefund: ("Did the money come back?", "Record a refund"),
    c.Satisfy: ("Are the papers on file?", "Put papers on file"),
    c.LiftHold: ("May it go on, without the hold?", "Lift the hold"),
    c.Terminate: ("Must it end?", "End it early"),
    c.Decline: ("Must it be declined?", "Decline"),
    c.ReportSubrecipients: ("Whom does the payee support now?", "Report whom it supports"),
    c.RecordAssurance: ("Is the diverted money back?", "Record assurances"),
    c.Reopen: ("May what came back be paid again?", "Reopen"),
}
"""By act: the question to whoever can give it, and the words on its button."""

OF_OTHERS: Final[dict[type[c.StaffCommand], str]] = {
    c.Approve: "It waits for approval",
    c.AcceptReport: "It waits for somebody to read the report",
}
"""By act that its question asks of the reader: what is said to whoever cannot give it."""
LOOKED_AT: Final = "It waits for a verifier to look at it"
OF_A_REFERRAL: Final = ("May it go on to approval?", "Let it go on")
"""The question of a referral to a verifier, and the words on its button: an approval there approves no sum."""

ELSEWHERE: Final = {
    "payments exceptions": ("What does the bank's word mean?", "See what the bank said", "/payments/exceptions"),
    "payments export": ("The payment is ready for the bank", "See the payment files", "/payments/files"),
    "payments hand-over": ("The payment stands in a file. May it leave?", "See the payment file", "/payments/files"),
    "payments change-account": ("The account must be confirmed anew", "", ""),
}
"""By command of the shell that no act of a partnership is: the question, the words of a link, and where it leads."""

_FOR: Final[dict[Role, str]] = {
    Role.PROGRAMME_APPROVER: "for the programme",
    Role.FINANCE_APPROVER: "for finance",
    Role.DIRECTOR: "as director",
}


def act_ahead(ahead: Outlook) -> type[c.StaffCommand] | None:
    """Return the act that the next step is, or None if it is none of a partnership's."""
    return act_of(ahead.command)


def button_of(command: type[c.StaffCommand], partnership: Partnership) -> str:
    """Return the words on the button of an act that is ahead."""
    if command is c.Propose:
        return "Answer"
    if command is c.Approve and partnership.stage is Stage.ELIGIBILITY:
        return OF_A_REFERRAL[1]
    return ASKED[command][1] if command in ASKED else PROCEDURE[command].title


def act_of(command: str) -> type[c.StaffCommand] | None:
    """Return the act that a command of the shell gives, or None if it is none of a partnership's."""
    return _named(tuple(command.removeprefix("accord ").split()[:2]))


@cache
def _named(words: tuple[str, ...]) -> type[c.StaffCommand] | None:
    """Return the act that a command's first two words name: lists ask for each of their lines."""
    return command_named(" ".join(words)) or command_named(words[0]) if words else None


def able(partnership: Partnership, role: Role, names: NamesInWords) -> tuple[str, ...]:
    """Return the people who can take the next step in a role, by their ids."""
    return able_to_act(steps_ahead(partnership), role, names.directory, clock.today())


def people_ahead(partnership: Partnership, ahead: Outlook, names: NamesInWords) -> list[str]:
    """Return who can take the next step, by their ids."""
    if act_ahead(ahead) is c.Propose:
        return list(partnership.proposers)
    return sorted({person for role in ahead.awaiting for person in able(partnership, role, names)})


def role_of(partnership: Partnership, names: NamesInWords, reader: str) -> Role | None:
    """Return the one role in which a reader can approve now, or None if there is none, or several."""
    roles = [
        role for role in partnership.missing_approvals if role in _FOR and reader in able(partnership, role, names)
    ]
    return roles[0] if len(roles) == 1 else None


def question_of(
    partnership: Partnership, ahead: Outlook, names: NamesInWords, reader: str
) -> tuple[str, tuple[str, str]]:
    """Return the question that the case is about now, with a link to another page that it is answered on."""
    command = act_ahead(ahead)
    for name, (question, words, address) in ELSEWHERE.items():
        if ahead.command.startswith(f"accord {name}"):
            return question, (words, address)
    if command is c.Propose:
        heading = "You are asked" if reader in partnership.proposers else "The proposer is asked"
        return "A rule forbids it as it is" if partnership.is_to_cure else heading, ("", "")
    if command is c.Satisfy and partnership.open_conditions():
        return f"Are the papers on file? {words_of(partnership.open_conditions()[0])}", ("", "")
    if command in OF_OTHERS and reader not in people_ahead(partnership, ahead, names):
        return LOOKED_AT if partnership.stage is Stage.ELIGIBILITY else OF_OTHERS[command], ("", "")
    if command is c.Approve and partnership.stage is Stage.ELIGIBILITY:
        return OF_A_REFERRAL[0], ("", "")
    if command is c.Approve and (role := role_of(partnership, names, reader)):
        return f"Do you approve this {_FOR[role]}?", ("", "")
    if command is not None and command in ASKED:
        return ASKED[command][0], ("", "")
    if partnership.ended and command is None:
        return f"{words_of(partnership.stage)}: nothing is asked", ("", "")
    return as_sentence(in_plain_words(ahead.next_step)), ("", "")


def what_is_next(partnership: Partnership, names: NamesInWords) -> str:
    """Return in a sentence what happens next, for whoever just decided."""
    ahead = outlook(partnership)
    people, command = people_ahead(partnership, ahead, names), act_ahead(ahead)
    until = f", by {day_in_words(ahead.due)}" if ahead.due is not None else ""
    if command is None:
        act = as_sentence(in_plain_words(ahead.next_step))
    else:
        act = "Answer the question" if command is c.Propose else button_of(command, partnership)
    who = f" ({names.people(people, 'or')})" if people else ""
    return f"Next: {act[:1].lower()}{act[1:]}{who}{until}."
