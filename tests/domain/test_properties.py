"""Whatever anybody asks in whatever order: what must hold in every history there can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from domain import commands as c
from domain import events as e
from domain.events import event_payload, read_event
from domain.evolution import evolve, fold
from domain.partnership import Partnership, Stage, TrancheState
from domain.policy.findings import Outcome
from domain.tranche import TrancheOutcome
from tests.builders import funds_in, funds_out
from tests.domain import specification as s

Move = tuple[str, str, int]
Said = Sequence[e.Event]

LEGS: list[dict[str, Any]] = [
    {"funds_out": funds_out("100.00", "200.00")},
    {"funds_out": funds_out("100.00", final_report=False), "funds_in": funds_in("5000.00")},
    s.NON_MONETARY,
    {"funds_out": funds_out("1.00", "2.00", "3.00")},
]
OUTCOMES = [TrancheOutcome.SETTLED, TrancheOutcome.REJECTED, TrancheOutcome.RETURNED, TrancheOutcome.WITHHELD]
WEIGHTS = [Outcome.PASS, Outcome.REFER, Outcome.CONDITION, Outcome.FAIL]
COMMON = ["propose", "approve", "approve", "sign", "release", "release", "ask", "report", "hold", "lift"]
RARE = ["decline", "withdraw", "terminate"]
CROWD = [*s.EVERYBODY, *s.EVERYBODY, *s.PEOPLE, "nobody.known"]

STAFF_COMMANDS: dict[str, Callable[[str, int], c.AnyCommand]] = {
    "propose": lambda who, n: s.propose(who, **LEGS[n]),
    "approve": lambda who, n: s.approve(who),
    "decline": lambda who, n: s.decline(who),
    "ask": lambda who, n: s.ask(who),
    "withdraw": lambda who, n: s.withdraw(who),
    "sign": lambda who, n: s.sign(who, None if n == 2 else s.ACCOUNT),
    "release": lambda who, n: s.release(n + 1, who),
    "report": lambda who, n: s.report(who),
    "hold": lambda who, n: s.hold(who),
    "lift": lambda who, n: s.lift(who),
    "terminate": lambda who, n: s.terminate(who),
}
REPORTS: dict[str, Callable[[int], c.AnyCommand]] = {
    "verify": lambda n: s.verify(),
    "assess": lambda n: s.assess(WEIGHTS[n]),
    "deadline": lambda n: s.deadline(),
    "receipt": lambda n: s.receipt("2500.00"),
    "refuse": lambda n: s.refuse(),
    "ended": lambda n: s.ended(OUTCOMES[n], tranche=1 + n % 2, attempt=1 + n // 2),
}


def moves(*kinds: str, least: int, most: int) -> st.SearchStrategy[list[Move]]:
    move = st.tuples(st.sampled_from(kinds), st.sampled_from(CROWD), st.integers(0, 3))
    return st.lists(move, min_size=least, max_size=most)


def _asked(story: s.Story, move: Move) -> c.AnyCommand:
    kind, who, n = move
    if kind in STAFF_COMMANDS:
        return STAFF_COMMANDS[kind](who, n)
    return REPORTS[kind](n) if kind in REPORTS else _next(story.partnership, who, n)


def _next(partnership: Partnership, who: str, n: int) -> c.AnyCommand:
    """What the workflow would report now, or what somebody would try who wants to get on."""
    match partnership.stage:
        case Stage.DUE_DILIGENCE:
            return s.verify()
        case Stage.ELIGIBILITY if partnership.assessment is None:
            return s.assess(WEIGHTS[n % 3])
        case Stage.ELIGIBILITY | Stage.APPROVAL:
            return s.approve(who)
        case Stage.AGREEMENT:
            return s.sign(who, s.ACCOUNT if partnership.proposed.funds_out else None)
        case Stage.ACTIVE:
            return _next_payment(partnership, who, n)
        case _:
            return s.propose(who, **LEGS[n])


def _next_payment(partnership: Partnership, who: str, n: int) -> c.AnyCommand:
    if partnership.hold:
        return s.lift(who)
    if partnership.in_flight:
        tranche = next(t for t in partnership.tranches if t.state is TrancheState.RELEASED)
        return s.ended(OUTCOMES[n], tranche.number, tranche.attempt)
    settled = [t for t in partnership.tranches if t.state is TrancheState.SETTLED]
    if settled and n == 3:
        return s.ended(TrancheOutcome.RETURNED, settled[0].number, settled[0].attempt)
    return s.receipt("2500.00") if n == 2 else s.release(1 + len(settled), who)


def play(made: list[Move]) -> list[s.Story]:
    told = [s.given()]
    for move in made:
        told.append(told[-1].when(_asked(told[-1], move)))
    return told


lives = moves(*COMMON, *RARE, *["next"] * 24, "deadline", "refuse", least=30, most=60)
anything = moves(*STAFF_COMMANDS, *REPORTS, *["next"] * 12, least=3, most=40)
quick = settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)
search = settings(quick, max_examples=300, phases=[Phase.generate])


@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.CLOSED, Stage.TERMINATED])
def test_random_lives_reach_far_enough_to_mean_something(stage: Stage) -> None:
    try:
        find(lives, lambda made: any(story.partnership.stage is stage for story in play(made)), settings=search)
    except NoSuchExample:
        pytest.fail(f"no random life reached {stage}")


@quick
@given(lives)
def test_the_state_is_always_the_fold_of_its_history(made: list[Move]) -> None:
    told = play(made)
    last = told[-1]
    states = reduce(lambda known, event: [*known, evolve(known[-1], event)], last.history, [told[0].partnership])
    assert fold(s.REFERENCE, last.history) == last.partnership == states[-1]
    assert last.partnership.version == len(last.history)


@quick
@given(lives)
def test_a_history_means_the_same_once_it_was_stored(made: list[Move]) -> None:
    told = play(made)
    stored = [(event.event_type, event.schema_version, event_payload(event)) for event in told[-1].history]
    assert fold(s.REFERENCE, tuple(read_event(*row) for row in stored)) == told[-1].partnership


def _submitters(history: Said) -> set[str]:
    return {event.actor for event in history if isinstance(event, e.PartnershipProposed | e.ProposalRevised)}


def _since_submission(history: Said) -> Said:
    begins = [i for i, event in enumerate(history) if isinstance(event, e.PartnershipProposed | e.ProposalRevised)]
    return history[begins[-1] :] if begins else history


def _actors(history: Said, *kinds: type[e.PartnershipEvent]) -> list[str]:
    return [event.actor for event in history if isinstance(event, kinds)]


@quick
@given(lives)
def test_nobody_approves_or_clears_what_she_proposed(made: list[Move]) -> None:
    for story in play(made):
        judged = _actors(story.said, e.ApprovalGiven, e.ReferralCleared)
        assert _submitters(story.history).isdisjoint(judged)


@quick
@given(lives)
def test_nobody_approves_twice_or_approves_what_she_cleared(made: list[Move]) -> None:
    for story in play(made):
        judged = _actors(_since_submission(story.history), e.ApprovalGiven, e.ReferralCleared)
        assert len(judged) == len(set(judged))


@quick
@given(lives)
def test_nobody_pays_what_she_proposed_verified_or_approved(made: list[Move]) -> None:
    for story in play(made):
        judged = _actors(_since_submission(story.history), e.ApprovalGiven, e.ReferralCleared)
        paid = _actors(story.history, e.TrancheReleased)
        assert {*_submitters(story.history), *judged}.isdisjoint(paid)


@quick
@given(lives)
def test_money_moves_only_after_two_approvals_by_two_people_and_a_signature(made: list[Move]) -> None:
    for story in play(made):
        if _actors(story.said, e.TrancheReleased):
            before = _since_submission(story.history)
            assert len(set(_actors(before, e.ApprovalGiven))) == 2
            assert _actors(before, e.AgreementSigned)


def _at_stake(partnership: Partnership) -> Decimal:
    live = {TrancheState.RELEASED, TrancheState.SETTLED}
    return sum((t.money.amount for t in partnership.tranches if t.state in live), Decimal(0))


@quick
@given(lives)
def test_what_was_released_and_did_not_fail_never_exceeds_the_total(made: list[Move]) -> None:
    for story in play(made):
        out = story.partnership.proposal and story.partnership.proposal.funds_out
        assert _at_stake(story.partnership) <= (out.total.amount if out else 0)


def _open_attempts(history: Said) -> Counter[int]:
    """Released attempts of each tranche that no evidence of failure followed."""
    still: dict[tuple[int, int], int] = {}
    for event in history:
        if isinstance(event, e.TrancheReleased):
            assert (event.tranche, event.attempt) not in still
            still[event.tranche, event.attempt] = 1
        if isinstance(event, e.TrancheEnded) and event.outcome is not TrancheOutcome.SETTLED:
            still[event.tranche, event.attempt] = 0
    return Counter({number: sum(n for (t, _), n in still.items() if t == number) for number, _ in still})


@quick
@given(lives)
def test_no_tranche_is_ever_on_its_way_twice(made: list[Move]) -> None:
    assert all(count <= 1 for story in play(made) for count in _open_attempts(story.history).values())


@quick
@given(lives)
def test_a_hold_lets_no_approval_signature_or_payment_through(made: list[Move]) -> None:
    told = play(made)
    stopped = (e.ApprovalGiven, e.ReferralCleared, e.AgreementSigned, e.TrancheReleased)
    for before, after in pairwise(told):
        assert not (before.partnership.hold and _actors(after.said, *stopped))


@quick
@given(lives)
def test_a_refusal_leaves_everything_as_it_was(made: list[Move]) -> None:
    told = play(made)
    for before, after in pairwise(told):
        if after.refusal is not None:
            assert after.partnership == before.partnership
            assert str(after.refusal)


@quick
@given(lives)
def test_in_every_life_the_ended_stays_ended(made: list[Move]) -> None:
    _stays_ended(play(made))


@quick
@given(anything)
def test_whatever_is_asked_the_ended_stays_ended(made: list[Move]) -> None:
    _stays_ended(play(made))


def _stays_ended(told: list[s.Story]) -> None:
    for before, after in pairwise(told):
        assert not before.partnership.ended or after.partnership.stage is before.partnership.stage


@quick
@given(anything)
def test_whatever_is_asked_nothing_but_a_domain_error_is_raised(made: list[Move]) -> None:
    assert len(play(made)) == len(made) + 1
