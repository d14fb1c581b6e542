"""Money that comes back after the close is owed again: told, and paid again or given up by a decision (ADR 0079)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, NotAuthorised, SeparationOfDuties
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.waiting.obligations import is_at_rest, obligations
from domain.partnership.waiting.outlook import outlook
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from tests.builders import NOON, funds_out
from tests.domain.partnership.specification import (
    Story,
    accept,
    accounted,
    accounted_for,
    active,
    amend,
    answer,
    came_to,
    contradict,
    declare,
    ended,
    refund,
    release,
    reopen,
    report,
    resolve,
    satisfy,
    terminate,
)

SETTLED, MINUTES = TrancheOutcome.SETTLED, ConditionId.CONFLICT_MINUTES
AGAIN = "accord reopen P-2026-0042 --reason REASON --as STAFF"


def closed() -> Story:
    story = active(funds_out=funds_out("600.00", "400.00"))
    story = story.given(release(1), *came_to(SETTLED), release(2), *came_to(SETTLED, tranche=2))
    return story.given(*accounted_for())


def came_back(story: Story, amount: str = "400.00") -> Story:
    """The bank gives the second payment back after the close, and two people confirm it."""
    said = answer(BankStatus.RETURNED, amount, tranche=2)
    counted = resolve("EX-1", Resolution.BELONGS_TO, said)
    return story.given(contradict(ExceptionKind.LATE_RETURN, "EX-1", said), counted)


def told_by_the_bank(story: Story) -> Story:
    """The same, as the bank's file is imported: the return is recorded, and an exception tells people of it."""
    late = contradict(ExceptionKind.LATE_RETURN, "EX-1", answer(BankStatus.RETURNED, "400.00", tranche=2))
    return story.given(ended(TrancheOutcome.RETURNED, tranche=2), late)


# It is told


def told_and_confirmed(story: Story) -> Story:
    return told_by_the_bank(story).given(
        resolve("EX-1", Resolution.BELONGS_TO, answer(BankStatus.RETURNED, "400.00", tranche=2))
    )


def test_while_nobody_said_whether_it_came_back_that_is_next_and_nothing_else_is_done() -> None:
    story = told_by_the_bank(closed())
    ahead = outlook(story.partnership)
    assert "two people say first whether it did" in ahead.next_step
    assert ahead.command == "accord payments exceptions"
    assert set(ahead.awaiting) == {Role.FINANCE_APPROVER, Role.PAYER, Role.DIRECTOR}
    for command in (reopen(), terminate()):
        story.when(command).refused(IllegalTransition, "two people say first", "`accord payments exceptions`")


@pytest.mark.parametrize("comes", [came_back, told_and_confirmed])
def test_what_came_back_after_the_close_is_owed_by_a_day_and_says_both_ways(comes: Callable[[Story], Story]) -> None:
    story = comes(closed())
    assert story.partnership.stage is Stage.CLOSED
    [owed] = obligations(story.partnership)
    assert (owed.kind, owed.due) == (ObligationKind.RETURNED, NOON.date() + timedelta(days=30))
    assert owed.what == (
        "tranche 2, USD 400.00, came back after the close, and report 1 accounts for it: pay it again (reopen), or "
        "give it up (terminate)"
    )
    assert not is_at_rest(story.partnership)
    ahead = outlook(story.partnership)
    assert (ahead.next_step, ahead.awaiting, ahead.command) == (owed.what, (Role.DIRECTOR,), AGAIN)


def test_why_it_stands_where_it_stands_does_not_say_that_all_was_done() -> None:
    assert closed().partnership.why == "everything agreed was done"
    for comes in (came_back, told_by_the_bank):
        assert comes(closed()).partnership.why == "tranche 2 came back after the close"


def test_a_release_before_is_refused_with_what_to_do() -> None:
    came_back(closed()).when(release(2)).refused(IllegalTransition, "is CLOSED", "`accord reopen P-2026-0042`")


# It is paid again


def test_a_director_reopens_it_and_the_tranche_is_released_paid_and_closed_again() -> None:
    story = came_back(closed()).when(reopen())
    now = story.then(e.PartnershipReopened)
    assert (now.stage, now.ended_on, outlook(now).next_step) == (Stage.ACTIVE, None, "release tranche 2")
    paid = story.given(release(2, attempt=2), *came_to(SETTLED, tranche=2, attempt=2)).partnership
    assert (paid.stage, paid.settled_sum, obligations(paid)) == (Stage.CLOSED, 1000, ())


@pytest.mark.parametrize("who", ["paul.nkosi", "femi.ade", "vera.lind", "pia.berg"])
def test_nobody_but_a_director_reopens_it(who: str) -> None:
    came_back(closed()).when(reopen(who)).refused(NotAuthorised, "DIRECTOR")


def test_whoever_has_an_interest_does_not_reopen_it() -> None:
    recused = active(funds_out=funds_out("600.00", "400.00")).given(declare("cyd.every"), satisfy(MINUTES))
    recused = recused.given(release(1), *came_to(SETTLED), release(2), *came_to(SETTLED, tranche=2), *accounted_for())
    came_back(recused).when(reopen("cyd.every")).refused(SeparationOfDuties, "declared interest")


def test_what_was_closed_and_kept_its_money_is_not_reopened_nor_ended_otherwise() -> None:
    closed().when(reopen()).refused(IllegalTransition, "CLOSED", "no payment of it came back")
    closed().when(terminate()).refused(IllegalTransition, "CLOSED", "no payment of it came back")
    came_back(closed(), "40.00").when(reopen()).refused(IllegalTransition, "no payment of it came back")


def test_it_is_reopened_once() -> None:
    came_back(closed()).given(reopen()).when(reopen()).refused(IllegalTransition, "ACTIVE")


def test_what_is_reopened_may_be_amended_or_ended() -> None:
    story = came_back(closed()).given(reopen())
    assert story.given(terminate()).partnership.stage is Stage.TERMINATED
    assert story.when(amend(title="Another title", funds_out=funds_out("600.00", "400.00"))).refusal is None


# It is given up


def test_a_director_gives_it_up_and_the_report_that_accounts_for_it_is_corrected() -> None:
    story = came_back(closed()).when(terminate())
    now = story.then(e.PartnershipTerminated)
    [owed] = obligations(now)
    assert (owed.kind, owed.awaiting) == (ObligationKind.CORRECTION, (Role.PROPOSER, Role.VERIFIER))
    assert owed.what == "report 1 accounts for USD 1,000.00, and 600.00 was paid: let the grantee correct it"
    assert owed.command == "report {id} --kind FINAL --corrects 1 --spent SUM --summary SUMMARY --as STAFF"
    corrected = story.given(report(figures=accounted("600.00"), corrects=1))
    assert [one.kind for one in obligations(corrected.partnership)] == [ObligationKind.JUDGEMENT]
    assert is_at_rest(corrected.given(accept(2)).partnership)


def test_a_refund_after_the_close_asks_for_no_correction() -> None:
    unspent = active(funds_out=funds_out("600.00", "400.00"))
    unspent = unspent.given(release(1), *came_to(SETTLED), release(2), *came_to(SETTLED, tranche=2))
    told = unspent.given(report(figures=accounted("900.00", "100.00")), accept(), terminate(), refund("100.00"))
    assert ObligationKind.CORRECTION not in {one.kind for one in obligations(told.partnership)}


def test_what_is_on_record_of_it_is_signed_and_says_why() -> None:
    story = came_back(closed()).given(reopen())
    [event] = [one for one in story.said if isinstance(one, e.PartnershipReopened)]
    assert (event.actor, event.reason) == ("dora.kim", "The account is open again")
    assert c.Reopen.model_fields["kind"].default == "reopen"
