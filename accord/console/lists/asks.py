"""The step that a line of the queue waits for, in words to its reader, and what they can do with several such lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from accord.console.deciding.acts import BY_SLUG, TOGETHER
from accord.console.pages.case.ahead import ASKED, act_of
from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from accord.presentation.words.values import NamesInWords, listed
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage

_AT_THE_BANK: Final = {
    "accord payments exceptions": "Answer the bank’s question",
    "accord payments export": "Make the payment file",
    "accord payments hand-over": "Hand over the payment file",
    "accord payments change-account": "Name another account",
}
"""By the beginning of a command that no act of a partnership is: the step in words."""

_APPROVALS: Final = {
    Role.PROGRAMME_APPROVER: "programme",
    Role.FINANCE_APPROVER: "finance",
    Role.DIRECTOR: "director’s",
    Role.VERIFIER: "verifier’s",
}
_AWAITED: Final = frozenset({
    c.Approve, c.SignAgreement, c.Release, c.AcceptReport, c.ReturnReport, c.Satisfy, c.ClearQuestions, c.LiftHold,
})  # fmt: skip
"""The acts that are offered on a line that waits for them alone."""
_BESIDE: Final[Mapping[type[c.StaffCommand], type[c.StaffCommand]]] = {c.ReturnReport: c.AcceptReport}
"""By act: the one that a line waits for when it is offered."""

_KINDS_OF_LINES: Final = 1000
"""The most kinds of lines with remembered acts."""
_FEW: Final = 2
"""People who are named."""


class Ask(NamedTuple):
    """The step that a partnership waits for, in words."""

    words: str
    detail: str = ""
    given: int = 0
    """The approvals that are given."""
    wanted: int = 0
    """All its approvals, or 0 where none are counted."""
    may_rise: bool = False
    """True if other sums of the year may ask for more: the record's count is that of the last approval."""
    is_stuck: bool = False
    """True if nobody can take the step."""


def ask_of(line: Mapping[str, Any], who: Sequence[str], reader: str, names: NamesInWords) -> Ask:
    """Return the step that a partnership waits for, for its reader. `who`: the people who can take the step."""
    command, is_stuck = act_of(line["command"]), bool(line["awaiting"]) and not who
    if command is c.Approve and line["stage"] != Stage.ELIGIBILITY.value:
        words = "Your approval" if reader in who else _approval_of(line["awaiting"])
        is_counted = line["stage"] == Stage.APPROVAL.value
        counts = (line["approved"], line["approvers"]) if is_counted else (0, 0)
        detail = "Nobody can give it now" if is_stuck else ""
        may_rise = line["amount"] is not None and 0 < counts[1] < _most_approvals(names)
        return Ask(words, detail, given=counts[0], wanted=counts[1], may_rise=may_rise, is_stuck=is_stuck)
    others = "Nobody can do this now" if is_stuck else f"{_few(who, names)} can" if who and reader not in who else ""
    reason = as_sentence(names.within(in_plain_words(_reason(line))))
    over = words_of(Stage(line["stage"])) if line["ended"] else ""
    detail = " · ".join(filter(None, (over, others or reason)))
    return Ask(_words(line, command), detail, is_stuck=is_stuck)


def _most_approvals(names: NamesInWords) -> int:
    """Return the most approvals that a sum of any size asks for."""
    rules = names.directory.rules
    return max((len(tier.quorum) for tier in rules.tiers), default=0) if rules is not None else 0


def step_of(line: Mapping[str, Any], names: NamesInWords) -> str:
    """Return the next step of a partnership in words, for whoever looks at all of them."""
    command = act_of(line["command"])
    if command is c.Approve and line["stage"] != Stage.ELIGIBILITY.value:
        return _approval_of(line["awaiting"])
    if command is not None or line["command"].startswith(tuple(_AT_THE_BANK)):
        return _words(line, command)
    return "" if line["at_rest"] else as_sentence(names.within(in_plain_words(line["next_step"])))


def _words(line: Mapping[str, Any], command: type[c.StaffCommand] | None) -> str:
    """Return a step that is no approval in words."""
    if command is c.Approve:
        return "Look into the referral"
    if command is c.Propose:
        return "Answer the question"
    if command in ASKED:
        return ASKED[command][1]
    at_the_bank = (words for beginning, words in _AT_THE_BANK.items() if line["command"].startswith(beginning))
    return next(at_the_bank, as_sentence(in_plain_words(str(line["next_step"]).partition(": ")[0])))


def _reason(line: Mapping[str, Any]) -> str:
    """Return the reason of a step, as the record says it, or the step itself where that says it."""
    step, _, reason = str(line["next_step"]).partition(": ")
    return reason or (step if act_of(line["command"]) is c.Satisfy else "")


def _few(people: Sequence[str], names: NamesInWords) -> str:
    """Return the first of some people by name, and how many others there are."""
    if len(people) <= _FEW:
        return names.people(tuple(people), "or")
    return f"{names.person(people[0])} or {len(people) - 1} others"


def _approval_of(awaiting: Sequence[str]) -> str:
    """Return the approval that is missing: "Director’s approval"."""
    words = [_APPROVALS[Role(role)] for role in awaiting if Role(role) in _APPROVALS]
    return as_sentence(f"{listed(words)} approval".strip())


def acts_on(line: Mapping[str, Any], is_mine: bool, roles: Collection[Role]) -> tuple[str, ...]:
    """Return the acts on several lines that one seems to allow by its stage and its next step. The gates decide."""
    return _acts_on_kind(
        Stage(line["stage"]), bool(line["on_hold"]), act_of(line["command"]), is_mine, frozenset(roles)
    )


@lru_cache(_KINDS_OF_LINES)
def _acts_on_kind(
    stage: Stage, on_hold: bool, waited_for: type[c.StaffCommand] | None, is_mine: bool, roles: frozenset[Role]
) -> tuple[str, ...]:
    """Return the acts on lines of one kind: a list has many lines of few kinds."""
    slugs = []
    for slug in TOGETHER:
        command = BY_SLUG[slug].command
        step = PROCEDURE[command]
        is_awaited = is_mine and (on_hold if command is c.LiftHold else waited_for is _BESIDE.get(command, command))
        may_now = stage in step.stages and not step.roles.isdisjoint(roles)
        if may_now and (is_awaited or command not in _AWAITED):
            slugs.append(slug)
    return tuple(slugs)
