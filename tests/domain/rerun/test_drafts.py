"""A draft is checked when it is read, and of a fact that nobody recorded its rules say nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.parties import PartyKind
from domain.policy.facts import facts_of
from domain.policy.findings import Outcome
from domain.policy.rulebook import assess
from domain.rerun.answering import DraftAnswer, RecordedAnswer, answer_of
from domain.rerun.verdicts import RerunVerdict, judge_again
from tests.builders import abroad, funding, funds_out, master_file, proposal, status, verification
from tests.domain.rerun.drafts import AT_MOST_500, draft, rule

GIVEN = (proposal(), funding(), verification(status()), ())
RECORDED = assess(*GIVEN)


def answer(*rules: Any, given: tuple[Any, ...] = GIVEN, edition: str = "2026.6", **more: Any) -> DraftAnswer:
    """Return a draft's word on a plain grant of 1,000 dollars."""
    return answer_of(draft(*rules, **more), facts_of(*given), RecordedAnswer(edition, assess(*given).findings))


FAULTS = {
    "no fact": (
        rule({"fact": "funds_out.colour", "must": "be", "value": "red"}),
        "colour is no fact; there are funder",
    ),
    "a list": (
        rule({"fact": "funds_out.payee.principals", "must": "be", "value": "x"}),
        "ask for its length, funds_out.payee.principals.count",
    ),
    "parts": (rule({"fact": "funds_out.payee", "must": "be", "value": "x"}), "has parts: name one of them"),
    "no order": (rule({"fact": "title", "must": "be at most", "value": "9"}), "of which none is more than another"),
    "no day": (rule({"fact": "title", "must": "be within days", "value": 9}), "compares a day"),
    "two values": (rule({**AT_MOST_500, "than": "sum.in_base"}), "give `values` for one of several"),
    "no number": (rule({**AT_MOST_500, "value": "much"}), "sum.amount: "),
    "no kind": (rule({"fact": "partner.kind", "must": "be", "value": "CLUB"}), "partner.kind: "),
    "kinds": (rule({"fact": "title", "must": "be", "than": "sum.amount"}), "no facts of one kind"),
    "a name twice": (rule(AT_MOST_500, rule="SANCTIONS"), "SANCTIONS is a rule already"),
    "never objects": (rule(AT_MOST_500, "PASS"), "a rule that never objects is none"),
    "papers": (rule(AT_MOST_500, "CONDITION"), "a CONDITION has some"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_draft_that_cannot_be_run_is_refused_with_what_there_is(name: str) -> None:
    content, words = FAULTS[name]
    with pytest.raises(ValidationError, match=words.replace("(", r"\(")):
        draft(content)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"after": "2020.1"}, "there is no edition 2020.1"),
        ({"removed": [{"rule": "NO-SUCH", "source": "an act"}]}, "has no rule NO-SUCH"),
        ({"changed": [{"rule": "SANCTIONS", "was": "FAIL", "becomes": "FAIL", "source": "an act"}]}, "another outcome"),
        (
            {
                "changed": [{"rule": "SANCTIONS", "was": "REFER", "becomes": "FAIL", "source": "an act"}],
                "removed": [{"rule": "SANCTIONS", "source": "an act"}],
            },
            "SANCTIONS is changed and removed",
        ),
    ],
)
def test_a_draft_changes_what_is_there(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        draft(**more)


COMPARED = {
    "above a value": (rule(AT_MOST_500), Outcome.REFER),
    "within a value": (rule({**AT_MOST_500, "value": "1000"}), Outcome.PASS),
    "one of several": (rule({"fact": "partner.country", "must": "be one of", "values": ["US", "KE"]}), Outcome.PASS),
    "none of several": (rule({"fact": "partner.country", "must": "be none of", "values": ["US"]}), Outcome.REFER),
    "a flag": (rule({"fact": "funds_out.payee.governmental", "must": "be", "value": True}), Outcome.REFER),
    "a count": (rule({"fact": "funds_out.payee.principals.count", "must": "be at least", "value": 9}), Outcome.REFER),
    "days": (rule({"fact": "as_of", "must": "be within days", "value": 0}), Outcome.PASS),
    "does not apply": (rule(AT_MOST_500, when=[{"fact": "sum.currency", "must": "be", "value": "EUR"}]), None),
    "another leg": (rule(AT_MOST_500, legs=["FUNDS_IN"]), None),
}


@pytest.mark.parametrize("name", COMPARED)
def test_a_new_rule_compares_a_fact(name: str) -> None:
    content, outcome = COMPARED[name]
    found = [one.outcome for one in answer(content).findings if one.rule_id == "DRAFT-RULE"]
    assert found == ([] if outcome is None else [outcome])


REVENUE = {"fact": "sum.amount", "must": "be at most", "than": "status.master_file.revenue", "times": "0.10"}


@pytest.mark.parametrize(
    ("revenue", "verdict"),
    [("20000", RerunVerdict.SAME), ("9999", RerunVerdict.WAITED), (None, RerunVerdict.UNKNOWN)],
)
def test_a_fact_that_nobody_recorded_is_unknown_by_its_name(revenue: str | None, verdict: RerunVerdict) -> None:
    """Given a limit of a tenth of the revenue, then a register without the revenue makes it unknown, and no pass."""
    given = (proposal(), funding(), verification(status(master_file=master_file(revenue=revenue))), ())
    judged = judge_again(assess(*given).findings, answer(rule(REVENUE), given=given), None, had_refusal=False)
    assert judged.verdict is verdict
    named = [difference.unknown for difference in judged.differences]
    assert named == {"SAME": [], "WAITED": [()], "UNKNOWN": [("status.master_file.revenue",)]}[verdict.value]


def test_a_fact_that_a_later_edition_added_is_unknown_of_an_earlier_decision() -> None:
    """Given a rule on a flag that 2026.6 added, then of a decision of 2026.5 nobody knows it, though it reads as no."""
    asked = rule({"fact": "public_offices_asked", "must": "be", "value": True})
    [now] = [one.outcome for one in answer(asked).findings if one.rule_id == "DRAFT-RULE"]
    [before] = [one for one in answer(asked, edition="2026.5").unanswered if one.rule == "DRAFT-RULE"]
    assert (now, before.facts) == (Outcome.REFER, ("public_offices_asked",))


def test_a_question_that_became_a_refusal_refuses_and_a_rule_that_went_eases() -> None:
    """Given a case with a condition for papers, then its rule may refuse it, or be gone."""
    given = (proposal(partner=abroad(), funds_out=funds_out(payee=abroad())), funding(), verification(), ())
    recorded = assess(*given)
    condition = next(one for one in recorded.findings if one.outcome is Outcome.CONDITION)
    change = {"rule": condition.rule_id, "source": "Invented Act, section 2"}
    stricter = answer(given=given, changed=[{**change, "was": "CONDITION", "becomes": "FAIL"}])
    judged = judge_again(recorded.findings, stricter, None, had_refusal=False)
    assert judged.verdict is RerunVerdict.REFUSED
    [difference] = judged.differences
    assert (difference.rule, difference.source) == (condition.rule_id, "Invented Act, section 2")
    assert (difference.was, difference.becomes) == (Outcome.CONDITION, Outcome.FAIL)
    gone = answer(given=given, removed=[change])
    assert judge_again(recorded.findings, gone, None, had_refusal=False).verdict is RerunVerdict.EASED


def test_a_refusal_that_no_rule_would_refuse_is_allowed_and_an_open_rule_makes_it_unknown() -> None:
    """Given a refused company, when its rule goes, then it is let through, unless another rule cannot be answered."""
    company = proposal().funds_out
    assert company is not None
    payee = company.payee.model_copy(update={"kind": PartyKind.PRIVATE_COMPANY})
    given = (
        proposal(partner=payee, funds_out=funds_out(payee=payee)),
        funding(),
        verification(status(master_file=master_file(revenue=None))),
        (),
    )
    recorded = assess(*given)
    failed = [one.rule_id for one in recorded.findings if one.outcome is Outcome.FAIL]
    assert failed
    gone = [{"rule": one, "source": "Invented Act, section 3"} for one in dict.fromkeys(failed)]
    assert judge_again(recorded.findings, answer(given=given, removed=gone), None, True).verdict is RerunVerdict.ALLOWED
    still = answer(given=given)
    assert judge_again(recorded.findings, still, None, True).verdict is RerunVerdict.SAME
    open_rule = answer(rule(REVENUE), given=given, removed=gone)
    assert judge_again(recorded.findings, open_rule, None, True).verdict is RerunVerdict.UNKNOWN
