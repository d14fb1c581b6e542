"""Laws of a rerun: an edition changes none of its own decisions, and one stricter rule names exactly its own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.policy.facts import facts_of
from domain.policy.findings import Outcome
from domain.policy.rule import apply
from domain.policy.rulebook import EDITIONS, RELEASED, RULE_BOOK, assess
from domain.rerun.answering import RecordedAnswer, answer_of
from domain.rerun.draft import released
from domain.rerun.tracing import NOT_FOLLOWED, FactTrace
from domain.rerun.verdicts import JudgedAgain, RerunVerdict, judge_again
from tests.builders import funding, funds_out, proposal, status, verification
from tests.domain.rerun.drafts import draft, rule, worked_cases
from tests.thoroughness import draws


@pytest.mark.parametrize("edition", RELEASED[::2])
def test_an_edition_changes_none_of_its_own_decisions(edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given every worked case under every kind of funder, when its own edition is run again, then all is the same."""
    cases = worked_cases(edition, monkeypatch)
    assert len({assessment.outcome for _, assessment in cases}) >= 3
    for legs, assessment in cases:
        answer = answer_of(released(edition), legs, RecordedAnswer(edition, assessment.findings))
        assert (answer.findings, answer.unanswered) == (assessment.findings, ())
        was_refused = assessment.outcome is Outcome.FAIL
        assert judge_again(assessment.findings, answer, None, was_refused) == JudgedAgain(RerunVerdict.SAME)


@pytest.mark.parametrize("edition", ["2026.2", "2026.4", "2026.5"])
def test_what_a_later_edition_asks_beside_is_followed_by_name(edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given cases of an older edition, then a watched rule says the same, and names each fact that was not there."""
    named = set[str]()
    for legs, _ in worked_cases(edition, monkeypatch):
        for leg in legs:
            facts = leg.model_copy(update={"edition": RULE_BOOK.version})
            trace = FactTrace(facts, edition)
            for one in RULE_BOOK.rules:
                finding, asked = trace.apply(one)
                assert finding == apply(one, facts)
                named |= {*asked}
    assert NOT_FOLLOWED not in named
    assert {"public_offices_asked", "screening.binding"} <= named


CENTS = st.decimals(Decimal("1.00"), Decimal("1000.00"), places=2)


@settings(max_examples=draws(40))
@given(amounts=st.lists(CENTS, min_size=1, max_size=6), limit=CENTS)
def test_one_stricter_rule_names_exactly_the_decisions_above_it(amounts: list[Decimal], limit: Decimal) -> None:
    """Given grants of any sums and a draft with a new limit, then those above it are refused, and no other is named."""
    stricter = draft(rule({"fact": "sum.amount", "must": "be at most", "value": str(limit)}, "FAIL"))
    refused = []
    for amount in amounts:
        given = (proposal(funds_out=funds_out(str(amount))), funding(), verification(status()), ())
        recorded = assess(*given)
        answer = answer_of(stricter, facts_of(*given), RecordedAnswer(RULE_BOOK.version, recorded.findings))
        judged = judge_again(recorded.findings, answer, None, had_refusal=False)
        if judged.verdict is not RerunVerdict.SAME:
            assert judged.verdict is RerunVerdict.REFUSED
            assert [difference.rule for difference in judged.differences] == ["DRAFT-RULE"]
            refused.append(amount)
    assert refused == [amount for amount in amounts if amount > limit]


def test_an_older_decision_under_a_newer_edition_is_unknown_by_the_facts_that_it_lacks() -> None:
    """Given a decision of 2026.5, when 2026.6 is run, then what 2026.6 is the first to ask is unknown, and no pass."""
    given = (proposal(), funding(), verification(status()), ())
    recorded = assess(*given, EDITIONS["2026.5"])
    answer = answer_of(released("2026.6"), facts_of(*given), RecordedAnswer("2026.5", recorded.findings))
    judged = judge_again(recorded.findings, answer, None, had_refusal=False)
    assert judged.verdict is RerunVerdict.UNKNOWN
    unknown = {difference.rule: difference.unknown for difference in judged.differences if difference.unknown}
    assert unknown["BEHIND-OFFICES"] == ("public_offices_asked",)
    assert unknown["PLACES-WATCHED"] == ("watched",)
