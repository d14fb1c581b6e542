"""The two laws of rules 4.2, over proposals drawn with every field, principals and places included.

One more bad fact never lightens an outcome and, short of a refusal, takes away no condition and no question. A field
that is asked for and not given never passes where some answer would be a question or a refusal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, given, settings

from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, RuleBook
from domain.proposal import Proposal
from tests.domain.policy.language import CONDITION, FAIL, PASS
from tests.domain.policy.newer.drawn import BOOK, Drawn, Spot, drawn_proposals, judge, models_of, spots_of
from tests.domain.policy.newer.fields import FIELDS, Tell

WEIGHT = list(Outcome)
SCREENED_LATER = frozenset({"SIGNATORY_NAMED", "PEOPLE_NAMED"})
"""Conditions to give and screen the very field before the agreement or the first payment (rules 4.3)."""

ASKED_INSTEAD = {"PROJECT-POLITICS": "PROJECT-USES"}
"""By rule whose question a bad answer answers: the rule that asks about that answer instead."""

thorough = settings(max_examples=120, database=None, derandomize=True, report_multiple_bugs=False)
brief = settings(thorough, max_examples=8)
found_at_once = settings(thorough, phases=[Phase.generate])
"""A proposal that breaks a law need not be the shortest, where the law is expected to be broken."""


def weight(assessed: Assessment) -> int:
    return WEIGHT.index(assessed.outcome)


def questions(assessed: Assessment) -> set[str]:
    """The questions that are asked, each by its key."""
    return {key for one in assessed.with_outcome(Outcome.REFER) for key in one.keys}


def taken_away(before: Assessment, after: Assessment, helped: bool) -> str:
    """Return the gain from one more bad fact, or ''. `helped`: a paper that proves nothing now need not be read."""
    if weight(after) < weight(before):
        return f"{before.outcome} became {after.outcome}"
    if after.outcome is FAIL:
        return ""
    answered = {ConditionId.PAPERS_READ} if helped else set()
    if gone := set(before.conditions) - set(after.conditions) - answered:
        return f"no longer asked: {sorted(gone)}"
    rules, now = ({one.rule_id for one in found.with_outcome(Outcome.REFER)} for found in (before, after))
    gone_too = {one for one in rules - now if ASKED_INSTEAD.get(one) not in now}
    return f"no question any more: {sorted(gone_too)}" if gone_too else ""


def bad_spots(drawn: Drawn) -> list[Spot]:
    """The fields of a proposal whose values are good still, and of which some value is bad.

    What is asked or helps, and is not given, is not good.
    """
    known = drawn.proposal
    assert known is not None
    spots = [one for one in spots_of(known) if one.field.bad and _is_good(drawn, one)]
    return [one for one in spots if not any(one.covers(other) or other.covers(one) for other in drawn.changed)]


def _is_good(drawn: Drawn, spot: Spot) -> bool:
    owner = drawn.owner(spot)
    own = () if spot.field.tell is Tell.BAD else ((spot.name, *spot.field.beside),)
    return all(any(owner.get(name) is not None for name in question) for question in (*own, *_answered_by(spot)))


def _answered_by(spot: Spot) -> list[tuple[str, ...]]:
    """The questions that are asked of another field, and that this one answers too: the names of all their fields."""
    beside = {key: field.beside for key, field in FIELDS.items() if spot.name in field.beside}
    of_model = {key.partition(".")[2]: names for key, names in beside.items() if key.startswith(f"{spot.model}.")}
    return [(name, *names) for name, names in of_model.items()]


def first_law(book: RuleBook, drawing: settings, turned: Counter[tuple[str, str]] | None = None) -> None:
    @drawing
    @given(drawn_proposals())
    def holds(drawn: Drawn) -> None:
        before = judge(drawn, book)
        assert before is not None
        for spot in bad_spots(drawn):
            for value in spot.field.bad:
                after = judge(drawn.having(spot, value), book)
                if after is None:
                    continue
                if turned is not None:
                    turned[spot.key, "good" if spot.name in drawn.owner(spot) else "absent"] += 1
                    turned[spot.key, "bad"] += 1
                    turned[spot.key, "turned"] += after.outcome is not before.outcome
                fault = taken_away(before, after, spot.field.tell is Tell.HELPS)
                assert not fault, (spot, value, fault, before.deciding)

    holds()


def second_law(book: RuleBook, drawing: settings, turned: Counter[tuple[str, str]] | None = None) -> None:
    @drawing
    @given(drawn_proposals(2))
    def holds(drawn: Drawn) -> None:
        made = drawn.proposal
        assert made is not None
        for spot in spots_of(made):
            field = spot.field
            if field.tell is not Tell.ASKED or not field.where(spot.path, drawn.owner(spot)):
                continue
            absent = judge(drawn.without(spot), book)
            said = [drawn, *(known.having(spot, one) for known in (drawn, drawn.without(spot)) for one in field.values)]
            answers = [judge(one, book) for one in said]
            heavy = [one for one in answers if one is not None and one.outcome in {Outcome.REFER, FAIL}]
            if absent is None:
                continue
            if turned is not None:
                lighter = any(one is not None and weight(one) < weight(absent) for one in answers)
                turned[spot.key, "absent"] += 1
                turned[spot.key, "turned"] += lighter
            if heavy:
                assert absent.outcome is not PASS, (spot, heavy[0].deciding)
            if heavy and absent.outcome is CONDITION:
                assert SCREENED_LATER & set(absent.conditions), (spot, heavy[0].deciding)

    holds()


Law = Callable[..., None]
LAWS = pytest.mark.parametrize("law", [first_law, second_law])
drawn_within = pytest.mark.hypothesis  # what tries changes of rules leaves it to the last, as others that draw


def table_of(turned: Counter[tuple[str, str]]) -> Iterator[str]:
    """Lay out how often each field was absent, good and bad, and how often that turned an outcome."""
    ways = ("absent", "good", "bad", "turned")
    yield f"{'field':45}{''.join(f'{one:>9}' for one in ways)}"
    for key in sorted({key for key, _ in turned}):
        yield f"{key:45}{''.join(f'{turned[key, one]:>9}' for one in ways)}"


@drawn_within
@LAWS
def test_a_law_holds_in_a_few_proposals(law: Law) -> None:
    law(BOOK, brief)


@pytest.mark.slow
@drawn_within
@LAWS
def test_a_law_holds_and_each_field_that_is_asked_turns_an_outcome(law: Law) -> None:
    """The command `make laws` shows its print."""
    turned: Counter[tuple[str, str]] = Counter()
    law(BOOK, thorough, turned)
    print("\n".join(table_of(turned)))  # noqa: T201 - what `make laws` is run for
    asked = {key for key, field in FIELDS.items() if field.tell is Tell.ASKED}
    if law is second_law:
        assert not [key for key in sorted(asked) if not turned[key, "turned"]]


@pytest.mark.slow
@LAWS
def test_the_edition_before_breaks_it(law: Law) -> None:
    """So a law that says nothing would be noticed."""
    with pytest.raises(AssertionError):
        law(EDITIONS["2026.4"], found_at_once)


def test_the_table_has_every_field_of_every_model_of_a_proposal_and_no_other() -> None:
    fields = {f"{one.__name__}.{name}" for one in models_of(Proposal) for name in one.model_fields}
    assert fields == set(FIELDS)


def test_what_is_bad_or_asked_has_a_value_that_is() -> None:
    assert not [key for key, one in FIELDS.items() if one.tell in {Tell.ASKED, Tell.BAD} and not one.bad]
    assert not [key for key, one in FIELDS.items() if one.tell is Tell.PLAIN and (one.good or one.bad)]
