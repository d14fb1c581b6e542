"""Papers that prove a status: a verifier reads them, who does not propose, and signs that (rules 3.5)."""

from __future__ import annotations

import pytest

from activities.authority import _no_verifiers
from domain.directory.directory import Directory
from domain.errors import NotAuthorised, SeparationOfDuties
from domain.partnership import events as e
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from tests.builders import abroad, complete_equivalency, funds_out, member, paper
from tests.domain.partnership import specification as s

READ_BY_VERA = s.propose(funds_out=funds_out(payee=abroad(), equivalency=complete_equivalency()))


def asked_to_read() -> s.Story:
    return s.given(s.propose(), s.verify(), s.assess(Outcome.CONDITION, conditions=(ConditionId.PAPERS_READ,)))


def test_a_verifier_signs_that_the_papers_were_read() -> None:
    asked_to_read().when(s.satisfy(ConditionId.PAPERS_READ, "vera.lind")).then(e.ConditionMet)


def test_a_finance_approver_files_other_papers_and_reads_none() -> None:
    story = s.given(s.propose(), s.verify(), s.assess(Outcome.CONDITION, conditions=tuple(ConditionId)))
    story.when(s.satisfy(ConditionId.CONTROL_AND_RECORDS, "femi.ade")).then(e.ConditionMet)
    story.when(s.satisfy(ConditionId.PAPERS_READ, "femi.ade")).refused(NotAuthorised, "femi.ade", "VERIFIER")


def test_whoever_proposes_reads_none_of_its_papers() -> None:
    payee = abroad(papers=[{**paper("REGISTRATION"), "read_by": "pia.berg"}])
    command = s.propose(funds_out=funds_out(payee=payee))
    s.given().when(command).refused(SeparationOfDuties, "read_by", "another person reads the papers")


def test_whoever_is_said_to_have_read_them_is_a_verifier() -> None:
    who = s.authority_of(READ_BY_VERA).model_copy(update={"no_verifiers": ("vera.lind",)})
    s.given().when(READ_BY_VERA, who).refused(NotAuthorised, "read_by", "vera.lind")


@pytest.mark.parametrize(("role", "found"), [("vera.lind", ()), ("femi.ade", ("vera.lind",))])
def test_the_directory_says_who_is_one(role: str, found: tuple[str, ...]) -> None:
    roles = member(role).roles
    directory = Directory(staff=(member("vera.lind", *roles),))
    assert _no_verifiers(directory, READ_BY_VERA) == found
