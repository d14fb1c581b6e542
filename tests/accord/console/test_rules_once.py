"""What the rules say of a case is said once, however many of them say it, and of however many legs."""

from __future__ import annotations

import re

from domain.policy.findings import Finding, Layer, Outcome
from domain.proposal import Direction
from tests.accord.console.rendering import case_page
from tests.domain.partnership import specification as s

COMPANY = "money may go only to a non-profit organisation; a for-profit payee is refused"
SPONSOR = "a fiscal sponsor that is a US public charity and controls the use"


def finding(rule: str, outcome: Outcome, reason: str, leg: Direction = Direction.FUNDS_OUT, *options: str) -> Finding:
    return Finding(
        rule_id=rule, layer=Layer.POLICY, citation=f"source of {rule}", confirmed=True, leg=leg, outcome=outcome,
        reason=reason, options=options,
    )  # fmt: skip


def judged(*findings: Finding) -> str:
    """The page of a case of which the rules say this."""
    story = s.given(s.propose(), s.verify())
    assessed = s.assessment(Outcome.PASS).model_copy(update={"findings": findings})
    return case_page(story.given(s.assess().model_copy(update={"assessment": assessed})), "vera.lind")


def times(page: str, words: str) -> int:
    return len(re.findall(re.escape(words), page, re.IGNORECASE))


def test_a_reason_that_two_rules_give_is_said_once_and_both_keep_their_sources() -> None:
    """Given two rules that say the same, the second with the cheapest way, then each sentence stands there once."""
    page = judged(
        finding("ELIG-NONPROFIT", Outcome.REFER, COMPANY, Direction.FUNDS_OUT, SPONSOR),
        finding("ELIG-PATH", Outcome.REFER, f"{COMPANY}; cheapest lawful path: {SPONSOR}"),
    )
    assert (times(page, COMPANY), times(page, SPONSOR)) == (1, 1)
    assert "1 to look at" in page
    for rule in ("ELIG-NONPROFIT", "ELIG-PATH"):
        assert f"source of {rule}" in page


def test_what_a_second_rule_adds_to_the_same_reason_stands_beside_it() -> None:
    """Given a rule that says what another one said, and more, then the more is a line of its own."""
    more = "the proposer says what the paper shows"
    page = judged(
        finding("ELIG-LISTED", Outcome.REFER, COMPANY), finding("ELIG-PATH", Outcome.REFER, f"{COMPANY}; {more}")
    )
    assert (times(page, COMPANY), times(page, more)) == (1, 1)
    assert "2 to look at" in page


def test_a_rule_that_holds_of_both_legs_is_one_line_with_its_name_once() -> None:
    """Given a rule that passes for money out and money in, then the case says so once, and counts it once."""
    passed = "3 registers asked, none older than its limit"
    page = judged(
        finding("REGISTERS-FRESH", Outcome.PASS, passed),
        finding("REGISTERS-FRESH", Outcome.PASS, passed, Direction.FUNDS_IN),
        finding("SANCTIONS", Outcome.PASS, "2 parties screened, none met what forbids a payment"),
    )
    assert times(page, passed) == 1
    assert "2 rules pass" in page
    assert times(page, "<code>REGISTERS-FRESH</code></li>") == 1


def test_what_the_proposer_is_to_mend_stands_at_the_top_and_not_again_among_the_rules() -> None:
    """Given a rule that forbids it as it is, then its reason is in the note, and the rules lead there."""
    page = judged(finding("ELIG-NONPROFIT", Outcome.FAIL, COMPANY, Direction.FUNDS_OUT, SPONSOR))
    assert "A rule forbids it as it is" in page
    assert times(page, COMPANY) == 1
    assert "1 to look at" in page
