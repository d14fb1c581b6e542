"""News for outside: people, acts and days, once while it stands, and no word about anybody (R50)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import pytest

from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership.evolution import evolve
from domain.partnership.people.taking_part import Part
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.notices import Notice, NoticeKind, notice_id, notices, standing_since
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Outcome
from tests.builders import funds_out
from tests.domain.partnership.random_lives import many_told
from tests.domain.partnership.specification import (
    Story,
    active,
    approve,
    ask,
    assess,
    came_to,
    deadline,
    fall,
    hand_over,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    never_sent,
    recheck,
    release,
    report,
    revise,
    verify,
)

WAITS, REMINDED, OVERDUE, LAPSES, UPDATED = NoticeKind


def told(story: Story) -> set[tuple[str, str, str]]:
    return {(one.kind.value, one.what, one.role.value) for one in notices(story.partnership)}


def new(before: Story, after: Story) -> set[tuple[str, str, str]]:
    """The notices after, without those of before."""
    fresh = ids(after).items() - ids(before).items()
    return {tuple(key.split("|")[:3]) for key, _ in fresh}  # type: ignore[misc]


def ids(story: Story) -> dict[str, str]:
    """The id of each notice that stands, as the read model keeps since when it does."""
    *_, since = standing(states_of(story))
    return {key: str(notice_id("P-2026-0042", key, version)) for key, version in since.items()}


def states_of(story: Story) -> list[Partnership]:
    """The partnership after each event."""
    return list(accumulate(story.history, evolve, initial=Partnership(partnership_id="P-2026-0042")))[1:]


def standing(states: Sequence[Partnership]) -> Iterator[dict[str, int]]:
    """After each state, the version since which each notice stands: that of before, if it stood then."""
    since: dict[str, int] = {}
    for state in states:
        since = {one.key: since.get(one.key, state.version) for one in notices(state)}
        yield since


@pytest.mark.parametrize(
    ("begun", "what", "roles"),
    [
        (lambda: in_approval().given(ask()), "propose", {"PROPOSER"}),
        (in_eligibility, "approve", {"VERIFIER"}),
        (in_approval, "approve", {"PROGRAMME_APPROVER", "FINANCE_APPROVER"}),
        (in_agreement, "sign-agreement", {"DIRECTOR"}),
        (active, "release --tranche 1", {"PAYER"}),
        (lambda: active().given(release()), "payments export", {"PAYER"}),
        (lambda: active().given(hold()), "lift", {"DIRECTOR", "FINANCE_APPROVER"}),
        (lambda: active().given(recheck(Outcome.REFER)), "clear", {"VERIFIER"}),
    ],
    ids=["answer", "clearance", "approval", "agreement", "release", "file", "hold", "questions"],
)
def test_what_begins_to_wait_is_told_to_each_role(begun: Callable[[], Story], what: str, roles: set[str]) -> None:
    assert told(begun()) >= {("WAITS", what, role) for role in roles}


def test_where_the_system_or_the_bank_must_act_nobody_is_told() -> None:
    assert told(Story(Partnership(partnership_id="P-2026-0042"))) == set()
    assert notices(active().given(release(), *came_to(TrancheOutcome.SETTLED)[:1]).partnership) == ()


def test_an_approval_tells_nobody_of_what_they_know_already() -> None:
    before = in_approval()
    assert new(before, before.given(approve("ana.silva"))) == set()


def test_a_reminder_an_escalation_and_the_question_before_a_lapse_are_each_told_once() -> None:
    begun = in_approval()
    reminded = begun.given(deadline(10))
    escalated = reminded.given(deadline(15))
    asked = escalated.given(deadline(17))
    both = {"PROGRAMME_APPROVER", "FINANCE_APPROVER"}
    assert new(begun, reminded) == {("REMINDED", "approve", role) for role in both}
    assert new(reminded, escalated) >= {("OVERDUE", "approve", role) for role in {*both, "DIRECTOR"}}
    assert new(escalated, asked) == {("LAPSES", "approve", role) for role in {*both, "DIRECTOR"}}


def test_a_hold_that_is_told_of_again_is_told_again() -> None:
    once = active().given(hold(), deadline(10, Wait.HOLD), deadline(15, Wait.HOLD))
    again = once.given(deadline(60, Wait.HOLD))
    assert {kind for kind, _, _ in new(once, again)} == {"OVERDUE"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda: in_approval().given(ask()), lambda s: s.given(revise(), verify(), assess(), ask("femi.ade"))),
        (active, lambda s: s.given(release(), *came_to(TrancheOutcome.REJECTED))),
        (lambda: active().given(release()), lambda s: s.given(hand_over(), never_sent())),
        (
            lambda: active().given(fall("femi.ade", Part.APPROVED)),
            lambda s: s.given(approve("ada.every"), fall("ada.every", Part.APPROVED)),
        ),
    ],
    ids=["asked again", "rejected", "never arrived", "an approval that fell twice"],
)
def test_the_same_step_at_another_time_is_told_again(
    before: Callable[[], Story], after: Callable[[Story], Story]
) -> None:
    first = before()
    then = after(first)
    steps = {key for key in ids(first) if key.startswith("WAITS")} & set(ids(then))
    assert steps
    assert all(ids(first)[key] != ids(then)[key] for key in steps)


def test_what_is_owed_is_told_with_its_day() -> None:
    paid = active(funds_out=funds_out("1000.00")).given(release(), *came_to(TrancheOutcome.SETTLED))
    filed = paid.given(report("vera.lind"))
    kept = {one.what.split()[0] for one in notices(filed.partnership)}
    assert "JUDGEMENT" in kept
    assert all(one.due is not None for one in notices(filed.partnership) if one.what.startswith("JUDGEMENT"))
    assert {one.role for one in notices(filed.partnership)} >= {Role.VERIFIER, Role.DIRECTOR}


def test_no_notice_of_any_life_has_a_word_about_anybody() -> None:
    """R48: names of people and parties, reasons and questions stay in the ledger."""
    seen = 0
    for life in many_told():
        for story in life.told:
            for one in notices(story.partnership):
                seen += 1
                assert not private_words(story.partnership) & set(words(one)), one
    assert seen > 1_000


@pytest.mark.slow
def test_a_notice_has_stood_since_it_came_in_whatever_batches_its_events_are_folded() -> None:
    """Each state hands on what still stands, as the helper above says; whoever folds looks back from the last one."""
    for life in many_told():
        states = states_of(life.told[-1])
        expected = [list(since.items()) for since in standing(states)]
        for size in (1, 2, 3, len(states) + 1):
            assert [list(since.items()) for since in folded(states, size)] == expected


def folded(states: Sequence[Partnership], size: int) -> Iterator[dict[str, int]]:
    """The same by the product, for every history that ends at one of the states, in batches of a size."""
    before: dict[str, int] = {}
    for batch in (states[start : start + size] for start in range(0, len(states), size)):
        for end in range(1, len(batch) + 1):
            since = standing_since(before, batch[:end])
            yield since
        before = since


def words(one: Notice) -> list[str]:
    return json.dumps(one.model_dump(mode="json")).replace('"', " ").replace(",", " ").split()


def private_words(known: Partnership) -> set[str]:
    texts = [known.question, *known.proposers, *(one.name for one in known.proposed.parties)]
    texts += [known.hold.actor] if known.hold is not None else []
    return {word for text in texts for word in text.split() if len(word) > 3 and not word.isupper()} - {ACCORD}
