"""Whatever anybody asks in whatever order: what must hold in every history there can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from itertools import chain, pairwise

import pytest
from hypothesis import given

from domain.directory.tiers import Role
from domain.errors import NotSigned
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.evolution import evolve, fold
from domain.partnership.procedure import ACTS
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.deadlines import Wait
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import Gate
from domain.recorded.proofs import content_of
from domain.recorded.schema import event_payload, read_event
from domain.signatures.signing import content_digest
from tests.builders import authority
from tests.domain.partnership import specification as s
from tests.domain.partnership.random_lives import (
    LIVES,
    STAFF,
    Life,
    Move,
    anything,
    asked,
    lived,
    lives,
    many_told,
    parts,
    play,
    quick,
    said_of,
    shortest,
)

Said = Sequence[e.Event]


def _in(stage: Stage, kind: type[e.PartnershipEvent]) -> Callable[[Life], bool]:
    return lambda life: any(
        before.partnership.stage is stage and any(isinstance(said, kind) for said in after.said)
        for before, after in pairwise(life.told)
    )


def _said(kind: type[e.PartnershipEvent]) -> Callable[[Life], bool]:
    return lambda life: any(isinstance(said, kind) for said in life.told[-1].history)


FAR: dict[str, Callable[[Life], bool]] = {
    "closed": lambda life: life.told[-1].partnership.stage is Stage.CLOSED,
    "terminated": lambda life: life.told[-1].partnership.stage is Stage.TERMINATED,
    "paid twice after a failure": lambda life: any(
        isinstance(said, e.TrancheReleased) and said.attempt > 1 for said in life.told[-1].history
    ),
    "two tranches paid": lambda life: (
        sum(t.state is TrancheState.SETTLED for t in life.told[-1].partnership.tranches) > 1
    ),
    "approved again": _in(Stage.ACTIVE, e.ApprovalGiven),
    "amended in active": _in(Stage.ACTIVE, e.ProposalAmended),
    "another account": lambda life: life.told[-1].partnership.account == s.OTHER_ACCOUNT,
    "an interest in active": _in(Stage.ACTIVE, e.InterestDeclared),
    "a role that was lent": lambda life: any(one.on_behalf_of for one in life.told[-1].partnership.approvals),
    "escalated": lambda life: any(isinstance(said, e.DeadlineEscalated) for said in life.told[-1].history),
    "a referral cleared and paid": lambda life: any(
        story.partnership.verifier and story.partnership.paid_or_in_flight for story in life.told
    ),
    "handed over": _said(e.TrancheHandedOver),
    "cancelled": _said(e.PaymentCancelled),
    "never arrived": _said(e.TrancheNeverSent),
    "contradicted and resolved": _said(e.ContradictionResolved),
    "decisions that fell": _said(e.DecisionsFell),
    "a comment": _said(e.CommentMade),
    "somebody who looks after it, and then another or nobody": lambda life: (
        sum(isinstance(said, e.PartnershipAssigned) for said in life.told[-1].history) > 1
    ),
    "an interest of whoever looks after it": lambda life: any(
        before.partnership.assigned is not None and before.partnership.assigned in after.partnership.recused
        for before, after in pairwise(life.told)
    ),
    "a condition that a later look set": lambda life: any(story.partnership.found_since for story in life.told),
}


SELDOM = {"escalated", "an interest of whoever looks after it", "a referral cleared and paid"}
"""What the lives of every day do not come to twice."""


@pytest.mark.parametrize("what", [one for one in FAR if one not in SELDOM])
def test_random_lives_reach_far_enough_to_mean_something(what: str) -> None:
    assert sum(map(FAR[what], many_told())) > 1


@pytest.mark.slow
@pytest.mark.parametrize("what", sorted(SELDOM))
def test_all_random_lives_reach_what_is_seldom(what: str) -> None:
    assert sum(map(FAR[what], many_told(count=LIVES))) > 1


def the_state_is_always_the_fold_of_its_history(life: Life) -> None:
    last = life.told[-1]
    states = reduce(lambda known, event: [*known, evolve(known[-1], event)], last.history, [life.told[0].partnership])
    assert fold(s.REFERENCE, last.history) == last.partnership == states[-1]
    assert last.partnership.version == len(last.history)


def a_history_means_the_same_once_it_was_stored(life: Life) -> None:
    stored = [(event.event_type, event.schema_version, event_payload(event)) for event in life.told[-1].history]
    assert fold(s.REFERENCE, tuple(read_event(*row) for row in stored)) == life.told[-1].partnership


def _twice(known: Partnership, *more: frozenset[str]) -> set[str]:
    """The people with more than one part."""
    named = Counter(chain.from_iterable([*parts(known), *more]))
    return {name for name, times in named.items() if times > 1}


def nobody_has_two_parts_in_what_stands(life: Life) -> None:
    """R31: proposer, verifier, each approver and the account's verifier are different people. Lenders count."""
    for story in life.told:
        assert not _twice(story.partnership)


def nobody_pays_who_has_a_part_in_what_stands(life: Life) -> None:
    for before, after in pairwise(life.told):
        for said in after.said:
            if isinstance(said, e.TrancheReleased):
                assert said.actor not in chain.from_iterable(parts(before.partnership))


def _open_payments(history: Said) -> list[e.TrancheReleased]:
    """The releases not evidenced to have failed, whatever the state says of them."""
    still: list[e.TrancheReleased] = []
    for event in history:
        if isinstance(event, e.TrancheReleased):
            still.append(event)
        ended = isinstance(event, e.TrancheEnded) and event.outcome is not TrancheOutcome.SETTLED
        if ended or isinstance(event, e.PaymentCancelled):
            still = [one for one in still if (one.tranche, one.attempt) != (event.tranche, event.attempt)]
    return still


def who_paid_has_no_other_part_afterwards_either(life: Life) -> None:
    """R31 over the whole life: proposed, verified, approved, paid, verified the account: one of them each."""
    for story in life.told:
        payers = frozenset(one.actor for one in _open_payments(story.history))
        assert not _twice(story.partnership, payers)


def money_moves_only_with_the_whole_quorum_of_different_people_and_a_signature(life: Life) -> None:
    for before, after in pairwise(life.told):
        if any(isinstance(said, e.TrancheReleased) for said in after.said):
            known = before.partnership
            assert known.quorum is not None
            assert known.missing_approvals == ()
            assert len({one.actor for one in known.approvals}) == len(known.approvals) >= len(known.quorum) >= 2
            assert known.recused.isdisjoint(one.actor for one in known.approvals)
            assert known.signatory
            assert known.account is not None


def _sum(payments: list[e.TrancheReleased]) -> Decimal:
    return sum((one.money.amount for one in payments), Decimal(0))


def what_was_paid_or_is_in_flight_never_exceeds_the_plan(life: Life) -> None:
    """R39, counted from the history and not from the state."""
    for story in life.told:
        out = story.partnership.proposal and story.partnership.proposal.funds_out
        paid = _sum(_open_payments(story.history))
        assert paid <= (out.total.amount if out else 0)
        assert paid == story.partnership.paid_or_in_flight


def what_is_paid_is_never_above_what_those_who_answer_for_the_sum_approved(life: Life) -> None:
    for story in life.told:
        if not any(isinstance(said, e.TrancheReleased) for said in story.said):
            continue
        saw = [one.sums.money for one in story.partnership.approvals if one.role is Role.FINANCE_APPROVER]
        paid = _sum(_open_payments(story.history))
        assert saw
        assert all(seen is not None and paid <= seen.amount for seen in saw)


def no_tranche_is_ever_on_its_way_twice(life: Life) -> None:
    for story in life.told:
        still = _open_payments(story.history)
        assert len({one.tranche for one in still}) == len(still)
        attempts = [(one.tranche, one.attempt) for one in story.history if isinstance(one, e.TrancheReleased)]
        assert len(set(attempts)) == len(attempts)


def _at_the_bank(history: Said) -> list[tuple[int, int]]:
    """The payments handed over that the bank has not ended, nor two called never arrived, from the history alone."""
    out: list[tuple[int, int]] = []
    for event in history:
        if isinstance(event, e.TrancheHandedOver):
            out.append((event.tranche, event.attempt))
        if isinstance(event, e.TrancheEnded | e.TrancheNeverSent):
            out = [one for one in out if one != (event.tranche, event.attempt)]
    return out


def no_two_attempts_of_a_tranche_are_at_the_bank_at_once(life: Life) -> None:
    for story in life.told:
        out = _at_the_bank(story.history)
        assert len({tranche for tranche, _ in out}) == len(out)
        assert story.partnership.at_the_bank is bool(out)


def what_was_cancelled_is_never_handed_over(life: Life) -> None:
    cancelled: set[tuple[int, int]] = set()
    for event in life.told[-1].history:
        if isinstance(event, e.PaymentCancelled):
            cancelled.add((event.tranche, event.attempt))
        if isinstance(event, e.TrancheHandedOver):
            assert (event.tranche, event.attempt) not in cancelled


def nothing_ends_with_a_payment_under_way(life: Life) -> None:
    for before, after in pairwise(life.told):
        if after.partnership.ended and not before.partnership.ended:
            assert not before.partnership.in_flight or after.partnership.stage is Stage.CLOSED


def a_hold_is_not_lifted_while_the_banks_word_is_open(life: Life) -> None:
    for before, after in pairwise(life.told):
        assert not (before.partnership.contradictions and any(isinstance(one, e.HoldLifted) for one in after.said))


def nothing_is_released_before_its_papers_are_on_file(life: Life) -> None:
    for before, after in pairwise(life.told):
        if any(isinstance(said, e.TrancheReleased) for said in after.said):
            assert not before.partnership.open_conditions(Gate.AGREEMENT, Gate.PAYMENT)


def nothing_is_recorded_in_a_persons_name_that_she_did_not_sign(life: Life) -> None:
    for story in life.told:
        for said in story.said:
            if type(said) not in ACTS or said.actor == ACCORD:
                continue
            statement = said.signature.statement
            assert (statement.actor, statement.at, statement.act) == (said.actor, said.at, ACTS[type(said)])
            assert statement.content_sha256 == content_digest(content_of(said))


def without_a_signature_nothing_is_ever_decided(life: Life) -> None:
    for story, move in zip(life.told, life.made, strict=False):
        command = asked(story, move)
        if isinstance(command, c.StaffCommand) and command.actor in STAFF:
            story.when_exactly(command, authority(command.actor, *s.PEOPLE[command.actor])).refused(NotSigned)


def a_hold_lets_no_approval_signature_payment_or_amendment_through(life: Life) -> None:
    stopped = (e.ApprovalGiven, e.ReferralCleared, e.AgreementSigned, e.TrancheReleased, e.ProposalAmended)
    for before, after in pairwise(life.told):
        another_account = isinstance(after.said[:1] and after.said[0], e.AgreementSigned)
        if another_account and before.partnership.stage is Stage.ACTIVE:
            continue  # bank details change under a hold, which keeps everything from being paid meanwhile (R40)
        assert not (before.partnership.hold and any(isinstance(said, stopped) for said in after.said))


def _held(story: s.Story) -> s.Story:
    event = e.HoldPlaced(at=s.at(), actor="hana.hold", reason="A newspaper report")
    return story._replace(partnership=evolve(story.partnership, event), history=(*story.history, event))


def a_hold_never_makes_anything_possible(life: Life) -> None:
    """Whatever goes through under a hold goes through without it, and says the same."""
    for story, move in zip(life.told, life.made, strict=False):
        command = asked(story, move)
        if story.partnership.hold or story.partnership.proposal is None or isinstance(command, c.LiftHold):
            continue
        free, held = (one.when(command, said_of(command, move)) for one in (story, _held(story)))
        if held.refusal is None and held.said:
            assert free.refusal is None
            assert type(free.said[0]) is type(held.said[0])


def a_refusal_leaves_everything_as_it_was(life: Life) -> None:
    for before, after in pairwise(life.told):
        if after.refusal is not None:
            assert after.partnership == before.partnership
            assert str(after.refusal)


def somebody_is_waited_for_under_the_deadline_of_the_stage_or_under_none(life: Life) -> None:
    wanted = {Stage.APPROVAL: Wait.APPROVAL, Stage.AGREEMENT: Wait.AGREEMENT}
    for story in life.told:
        known = story.partnership
        if known.stage in wanted:
            assert bool(known.hold) is (known.deadline is None)
            assert known.deadline is None or known.deadline.wait is wanted[known.stage]
        assert not (known.escalated and known.stage is Stage.ACTIVE)


def a_remark_changes_nothing_but_who_looks_after_it(life: Life) -> None:
    for before, after in pairwise(life.told):
        if any(isinstance(said, e.CommentMade | e.PartnershipAssigned) for said in after.said):
            assert len(after.said) == 1
            kept = {"version": before.partnership.version + 1, "assigned": after.partnership.assigned}
            assert after.partnership == before.partnership.model_copy(update=kept)


def nobody_looks_after_what_they_have_an_interest_in(life: Life) -> None:
    for story in life.told:
        assert story.partnership.assigned not in story.partnership.recused


def the_ended_stays_ended(life: Life) -> None:
    for before, after in pairwise(life.told):
        assert not before.partnership.ended or after.partnership.stage is before.partnership.stage


IN_EVERY_LIFE = [
    the_state_is_always_the_fold_of_its_history,
    a_history_means_the_same_once_it_was_stored,
    nobody_has_two_parts_in_what_stands,
    nobody_pays_who_has_a_part_in_what_stands,
    who_paid_has_no_other_part_afterwards_either,
    money_moves_only_with_the_whole_quorum_of_different_people_and_a_signature,
    what_was_paid_or_is_in_flight_never_exceeds_the_plan,
    what_is_paid_is_never_above_what_those_who_answer_for_the_sum_approved,
    no_tranche_is_ever_on_its_way_twice,
    no_two_attempts_of_a_tranche_are_at_the_bank_at_once,
    what_was_cancelled_is_never_handed_over,
    nothing_ends_with_a_payment_under_way,
    a_hold_is_not_lifted_while_the_banks_word_is_open,
    nothing_is_released_before_its_papers_are_on_file,
    nothing_is_recorded_in_a_persons_name_that_she_did_not_sign,
    without_a_signature_nothing_is_ever_decided,
    a_hold_lets_no_approval_signature_payment_or_amendment_through,
    a_hold_never_makes_anything_possible,
    a_refusal_leaves_everything_as_it_was,
    somebody_is_waited_for_under_the_deadline_of_the_stage_or_under_none,
    a_remark_changes_nothing_but_who_looks_after_it,
    nobody_looks_after_what_they_have_an_interest_in,
    the_ended_stays_ended,
]


@pytest.mark.parametrize("kinds", ["lives", "anything"])
@pytest.mark.parametrize("check", IN_EVERY_LIFE, ids=lambda check: check.__name__)
def test_in_many_long_lives(check: Callable[[Life], None], kinds: str) -> None:
    for life in many_told(kinds):
        try:
            check(life)
        except AssertionError as fault:
            pytest.fail(f"{fault}\nshortest life: {shortest(life.made, check)}")


@pytest.mark.slow
@pytest.mark.parametrize("check", IN_EVERY_LIFE, ids=lambda check: check.__name__)
@quick
@given(made=lives)
def test_in_whatever_life(check: Callable[[Life], None], made: list[Move]) -> None:
    check(lived(made))


@quick
@given(anything)
def test_whatever_is_asked_nothing_but_a_domain_error_is_raised(made: list[Move]) -> None:
    assert len(play(made)) == len(made) + 1
