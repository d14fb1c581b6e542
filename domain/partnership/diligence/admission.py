"""Checks of due diligence against the state: clearances, papers, and acts that rest on either."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership.approval.commands import Approve
from domain.partnership.diligence import commands as c
from domain.partnership.diligence.papers_for_clearances import proved_later
from domain.partnership.state import Partnership
from domain.partnership.waiting.blocked_years import year_to_report
from domain.policy.conditions import CONDITIONS, NAMED, ConditionId
from domain.policy.listings import questions_told


def admit_diligence(partnership: Partnership, command: c.DiligenceRequest) -> None:
    """Raise a DomainError if the state does not allow a clearance or papers."""
    match command:
        case c.ClearQuestions():
            _admit_clearance(partnership, command)
        case c.Satisfy():
            _admit_papers(partnership, command)
        case _:
            assert_never(command)


def _admit_clearance(partnership: Partnership, command: c.ClearQuestions) -> None:
    """Refuse a clearance of what nobody asks, and of what a paper alone proves without one."""
    require_no_interest(partnership, command)
    if unknown_questions := [question for question in command.questions if question not in partnership.asked]:
        open_questions = questions_told(partnership.asked) or "nothing"
        raise IllegalTransition(f"nobody asks {unknown_questions[0]!r}; open is: {open_questions}")
    require_a_paper(command, proved_later(command.questions))


def require_no_interest(partnership: Partnership, command: Approve | c.ClearQuestions) -> None:
    """Refuse an approval or a clearance whose actor does not say that they have no interest in it (R32)."""
    if not command.no_interest:
        partnership_id = partnership.partnership_id
        raise IllegalTransition(
            f"say that you have no interest in {partnership_id} (--no-interest); whoever has one declares it: "
            f"`accord declare-interest {partnership_id}`"
        )


def require_a_paper(command: Approve | c.ClearQuestions, fact: str | None) -> None:
    """Refuse a clearance of what a paper alone proves, if it names none."""
    if fact and command.document_sha256 is None:
        raise IllegalTransition(f"{fact} is proved by a paper: name its document (--document)")


def _admit_papers(partnership: Partnership, command: c.Satisfy) -> None:
    """Refuse papers of a condition that nobody asks for, that no paper meets, or that a paper must show."""
    condition, open_still = command.condition, partnership.conditions_to_meet
    if condition not in open_still and not _is_yearly_report(partnership, command):
        conditions = ", ".join(open_still) or "none"
        _require_the_year_to_be_over(partnership, condition)
        raise IllegalTransition(
            f"{partnership.partnership_id} is {partnership.stage.value}: {condition.value} is not asked for, or is "
            f"on file already; still open: {conditions}"
        )
    if condition in NAMED:
        raise IllegalTransition(
            f"no paper meets {condition.value}: {CONDITIONS[condition].what}: `accord amend FILE`; it is met once "
            "the registers were asked about them"
        )
    if condition is ConditionId.BARRIER_MET and command.document_sha256 is None:
        raise IllegalTransition("a barrier is met by a paper that shows it: give it with --document")


def _require_the_year_to_be_over(partnership: Partnership, condition: ConditionId) -> None:
    """Refuse the report of a year of blocked property before its 30 June is over."""
    held_on = year_to_report(partnership)
    if condition is ConditionId.SANCTIONS_REPORT and held_on is not None:
        raise IllegalTransition(
            f"the report of blocked property ({condition.value}) is of what is held on {held_on}, and is filed once "
            "that day is over"
        )


def _is_yearly_report(partnership: Partnership, command: c.Satisfy) -> bool:
    """True if a command files the report of a year of blocked property, which nobody can before its 30 June is over."""
    held_on = year_to_report(partnership)
    is_report = command.condition is ConditionId.SANCTIONS_REPORT
    return is_report and held_on is not None and command.at.date() > held_on


def require_on_file(partnership: Partnership, ids: tuple[ConditionId, ...]) -> None:
    """Refuse a step that waits for papers, while one of these is left to be put on file."""
    if ids:
        first, partnership_id = ids[0], partnership.partnership_id
        if first in NAMED:
            raise IllegalTransition(f"{CONDITIONS[first].what} ({first.value}): `accord amend FILE`")
        raise IllegalTransition(
            f"not on file yet: {', '.join(ids)}; see `accord satisfy {partnership_id} --condition {first.value}`"
        )


def require_looked_at(partnership: Partnership) -> None:
    """Refuse to agree and to pay before everybody named now was screened, and a verifier checked what is new."""
    if partnership.updated:
        raise PaymentRefused(
            f"who stands in {partnership.partnership_id} was told anew, and the registers are being asked about them; "
            "wait a moment"
        )
    if partnership.to_check:
        raise PaymentRefused(
            f"nobody has checked yet: {'; '.join(partnership.to_check)}; a verifier does: "
            f"`accord clear {partnership.partnership_id}`"
        )
