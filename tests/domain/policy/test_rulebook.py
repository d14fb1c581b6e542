"""The rule book as a whole: how findings are put together, what raises, what is a lead, and the last look."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.findings import Assessment, Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict
from domain.policy.rulebook import EDITIONS, RULE_BOOK, RuleBook, adverse_in, against_payment
from tests.builders import (
    abroad,
    company,
    equivalency,
    funds_in,
    funds_out,
    joint,
    match,
    near,
    party,
    revocation,
    screening,
    sponsorship,
    status,
    verification,
)
from tests.builders import regrant as passed_on
from tests.domain.policy.language import (
    ALIGNED,
    BOOK,
    CONDITION,
    FAIL,
    PASS,
    PROFILES,
    REFER,
    assessment,
    given,
    judged,
    paid,
    paid_to_charity,
    spoken,
)

LEG = {"funds_out": funds_out(alignment=ALIGNED)}
LISTED = verification(status())


def with_rule(test: Any, confirmed: bool = True, alone: bool = False) -> RuleBook:
    """The edition in force with one rule more, or a book of that rule alone."""
    rule = Rule("ADDED", Layer.POLICY, "a source", confirmed, test)
    return RuleBook("9999.1", (rule,) if alone else (*BOOK.rules, rule))


def _raises(_: Any) -> Any:
    raise ZeroDivisionError("by nought")


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("alone", [True, False])
def test_a_rule_that_raises_refers_visibly_and_never_passes(funder: str, alone: bool) -> None:
    assessed = judged(LEG, PROFILES[funder], LISTED, with_rule(_raises, alone=alone))
    assert assessed.outcome is REFER
    assert assessed.deciding == "the rule could not be applied: ZeroDivisionError: by nought (ADDED)"


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.rule_id)
def test_whichever_rule_raises_the_others_still_speak_and_the_case_refers(rule: Rule) -> None:
    rules = tuple(one._replace(test=_raises) if one is rule else one for one in BOOK.rules)
    assessed = judged(LEG, PROFILES["P"], LISTED, RuleBook("9999.1", rules))
    assert [one.rule_id for one in assessed.findings if one.outcome is not PASS] == [rule.rule_id]
    assert spoken(assessed, rule.rule_id).outcome is REFER


NO_VERDICT = (
    True, False, 0, 1, "", "PASS", "PA", b"PA", PASS, {}, (), [], object, (PASS,), (PASS, "it is well", ()),
    frozenset(), ("MAYBE", "it is well"), (None, "it is well"), (PASS, None), (PASS, 1),
    ("it is well", PASS), (PASS, ""), (PASS, " \n"), (CONDITION, ""), (REFER, ""), (FAIL, ""),
    Verdict(PASS, ""), Verdict(PASS, "\t "),
    Verdict("MAYBE", "it is well"), Verdict(PASS, None), Verdict(PASS, "it is well", "evidence"),
    Verdict(PASS, "it is well", conditions=("NONE_SUCH",)), Verdict(PASS, "it is well", options=(None,)),
    Verdict(PASS, "it is well", basis=Basis("CUSTOM", "a source")), Verdict(PASS, "it is well", basis="a source"),
)  # fmt: skip


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "among others"])
@pytest.mark.parametrize("answer", NO_VERDICT, ids=repr)
def test_a_rule_that_answers_with_no_verdict_or_a_malformed_one_refers_visibly(answer: Any, alone: bool) -> None:
    assessed = judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: answer, alone=alone))
    assert assessed.outcome is REFER
    one = spoken(assessed, "ADDED")
    assert one.reason.startswith("the rule could not be applied: ")
    assert (one.layer, one.citation, one.confirmed) == (Layer.POLICY, "a source", True)


def test_a_verdict_without_a_reason_is_called_one() -> None:
    assessed = judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: (PASS, " ")))
    assert assessed.deciding == "the rule could not be applied: ValueError: a verdict without a reason (ADDED)"


def test_what_is_no_verdict_is_told_as_it_was_said() -> None:
    assessed = judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: "PASS"))
    assert assessed.deciding == "the rule could not be applied: TypeError: it said 'PASS', which is no verdict (ADDED)"


@pytest.mark.parametrize("answer", [(REFER, "look"), [REFER, "look"], Verdict(REFER, "look")], ids=repr)
def test_an_outcome_with_a_reason_is_a_verdict(answer: Any) -> None:
    one = spoken(judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: answer)), "ADDED")
    assert (one.outcome, one.reason) == (REFER, "look")


def test_a_finding_is_taken_as_it_is() -> None:
    said = spoken(paid_to_charity(), "SANCTIONS")
    assert judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: said, alone=True)).findings == (said,)


def test_a_rule_with_nothing_to_say_leaves_no_finding() -> None:
    assert judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: None, alone=True)).findings == ()


@pytest.mark.parametrize(
    ("rule", "basis", "confirmed"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_finding_is_confirmed_where_its_rule_and_its_source_are(rule: bool, basis: bool, confirmed: bool) -> None:
    said = Verdict(PASS, "as it is", basis=Basis(Layer.STATUTE, "IRC 1", basis))
    one = judged(LEG, PROFILES["P"], LISTED, with_rule(lambda _: said, rule, alone=True)).findings[0]
    assert (one.confirmed, one.layer, one.citation) == (confirmed, Layer.STATUTE, "IRC 1")


def unconfirmed(assessed: Any) -> set[str]:
    return {one.rule_id for one in assessed.findings if not one.confirmed}


@pytest.mark.parametrize(
    ("assessed", "leads"),
    [
        (paid_to_charity(), {"SANCTIONS"}),
        (given(kind="SPONSORSHIP"), {"SANCTIONS", "GIFT-SPONSORSHIP"}),
        (paid_to_charity(PROFILES["X"], regrant=passed_on()), {"SANCTIONS", "PROJECT-REGRANT"}),
        (paid_to_charity(regrant=passed_on()), {"SANCTIONS"}),
        (paid_to_charity(sponsorship=sponsorship()), {"SANCTIONS"}),
        (paid(abroad(), equivalency=equivalency(data_year=2024)), {"SANCTIONS", "ELIG-EQUIVALENCY"}),
        (paid(abroad(), equivalency=equivalency()), {"SANCTIONS", "ELIG-EQUIVALENCY"}),
        (paid_to_charity(PROFILES["X"], sponsorship=sponsorship(earmarked=True)), {"SANCTIONS", "PROJECT-SPONSOR"}),
        (paid_to_charity(PROFILES["P"], sponsorship=sponsorship(earmarked=True)), {"SANCTIONS"}),
        (paid_to_charity(PROFILES["F"], regrant=passed_on(covenant=False)), {"SANCTIONS"}),
    ],
    ids=[
        "grant",
        "sponsorship",
        "regrant X",
        "regrant P",
        "sponsor",
        "determination",
        "current determination",
        "earmark X",
        "earmark P",
        "regrant F",
    ],
)
def test_what_counsel_has_not_confirmed_is_marked(assessed: Any, leads: set[str]) -> None:
    assert unconfirmed(assessed) == leads


def test_the_rules_of_one_leg_do_not_speak_on_another() -> None:
    everywhere = {"SANCTIONS", "PUBLIC-INTEREST", "REGISTERS-FRESH"}
    spoken_on = {one.rule_id for one in judged({"non_monetary": joint()}, PROFILES["P"], verification()).findings}
    assert spoken_on == everywhere


def test_every_leg_is_judged_for_its_own() -> None:
    content = {**LEG, "funds_in": funds_in(influences_priorities=True), "non_monetary": joint()}
    assessed = judged(content, PROFILES["P"], LISTED)
    assert [one.leg.value for one in assessed.with_outcome(FAIL)] == ["FUNDS_IN"]
    assert {one.leg.value for one in assessed.findings} == {"FUNDS_OUT", "FUNDS_IN", "NON_MONETARY"}


def test_the_heaviest_finding_decides_in_whatever_order_the_rules_stand() -> None:
    seen = verification(status(), screening(match()))
    backwards = RuleBook(BOOK.version, tuple(reversed(BOOK.rules)))
    assert judged(LEG, PROFILES["P"], seen, backwards).outcome is judged(LEG, PROFILES["P"], seen).outcome is FAIL


@pytest.mark.parametrize("book", EDITIONS.values(), ids=list(EDITIONS))
def test_every_rule_has_an_id_of_its_own_a_citation_and_words(book: RuleBook) -> None:
    assert len({rule.rule_id for rule in book.rules}) == len(book.rules)
    assert all(rule.citation and rule.test.__doc__ for rule in book.rules)


@pytest.mark.parametrize("book", EDITIONS.values(), ids=list(EDITIONS))
def test_which_rules_rest_on_leads_that_counsel_has_not_confirmed(book: RuleBook) -> None:
    unconfirmed = {rule.rule_id for rule in book.rules if not rule.confirmed}
    later = {"PLACES-EMBARGO", "INTERESTS-NAMED"} if book.version in {"2026.4", "2026.5", "2026.6"} else set()
    newest = {"PLACES-WATCHED", "BEHIND-OFFICES"} if book.version == "2026.6" else set()
    assert unconfirmed == {"SANCTIONS", "SANCTIONS-OWNERSHIP", "INTERESTS"} | later | newest


def test_the_newest_edition_is_in_force() -> None:
    assert RULE_BOOK is EDITIONS["2026.6"]
    assert all(book.version == name for name, book in EDITIONS.items())


def test_the_options_are_those_of_the_findings_that_decided() -> None:
    seen = verification(status(), screening(match()))
    assert judged({"funds_out": funds_out(payee=company(), alignment=ALIGNED)}, PROFILES["P"], LISTED).options
    assert judged(LEG, PROFILES["P"], seen).options == ()
    assert judged(LEG, PROFILES["P"], LISTED).options == ()


def test_what_decided_is_told_once_each() -> None:
    content = {**LEG, "non_monetary": joint()}
    deciding = judged(content, PROFILES["P"], verification(status(), screening(near()))).deciding
    assert deciding.count("(SANCTIONS)") == 1
    assert judged(LEG, PROFILES["P"], LISTED).deciding == "no rule stands against it"


# The last look at a released payment (R38)


@pytest.mark.parametrize(
    ("outcomes", "cleared", "reason"),
    [
        ((PASS, CONDITION), (), ""),
        ((REFER,), (), "finding 1 (RULE-1)"),
        ((REFER,), ("RULE-1: finding 1",), ""),
        ((REFER, REFER), ("RULE-1: finding 1",), "finding 2 (RULE-2)"),
        ((REFER,), ("RULE-1: another finding",), "finding 1 (RULE-1)"),
        ((FAIL,), ("RULE-1: finding 1",), "finding 1 (RULE-1)"),
        ((REFER, PASS, FAIL), (), "finding 3 (RULE-3); finding 1 (RULE-1)"),
    ],
)
def test_the_last_look_withholds_what_fails_and_what_nobody_cleared(
    outcomes: Any, cleared: tuple[str, ...], reason: str
) -> None:
    assert str(adverse_in(assessment(*outcomes), cleared) or "") == reason


def test_a_near_match_that_was_cleared_does_not_clear_another() -> None:
    first = judged(LEG, PROFILES["P"], verification(status(), screening(near("Ann Far", 90.0))))
    cleared = tuple(key for one in first.with_outcome(REFER) for key in one.keys)
    assert adverse_in(first, cleared) is None
    second = judged(LEG, PROFILES["P"], verification(status(), screening(near("Bo Near", 90.0))))
    assert str(adverse_in(second, cleared)) == (
        "'Bo Near' resembles the listed 'BO NEAR' (entity 12345) at 90 of 100 (SANCTIONS)"
    )


def test_a_namesake_on_the_list_is_not_cleared_by_the_one_that_was_cleared_before() -> None:
    one = near("Ann Far", 90.0)
    namesake = one.model_copy(update={"entity": "67890", "programme": "SDNTK"})
    first = judged(LEG, PROFILES["P"], verification(status(), screening(one)))
    cleared = tuple(key for finding in first.with_outcome(REFER) for key in finding.keys)
    both, other = (
        judged(LEG, PROFILES["P"], verification(status(), screening(*found)))
        for found in ((one, namesake), (namesake,))
    )
    assert "(entity 67890)" in str(adverse_in(both, cleared))
    assert "(entity 67890)" in str(adverse_in(other, cleared))


def test_a_cleared_near_match_does_not_clear_a_further_one_behind_it() -> None:
    first = judged(LEG, PROFILES["P"], verification(status(), screening(near("Bo Near", 95.0))))
    cleared = tuple(key for one in first.with_outcome(REFER) for key in one.keys)
    both = judged(LEG, PROFILES["P"], verification(status(), screening(near("Bo Near", 95.0), near("Ann Far", 90.0))))
    assert adverse_in(both, cleared) is not None


def test_a_revocation_posted_since_is_withheld() -> None:
    seen = verification(status(revocations=(revocation("2026-05-15", "2026-11-01"),)))
    assert "revoked with effect from 2026-05-15" in str(adverse_in(judged(LEG, PROFILES["P"], seen), ()))


# What a decision is pinned by (R35)


def test_the_assessment_names_the_edition_and_the_digest_of_its_facts() -> None:
    assessed = judged(LEG, PROFILES["P"], LISTED)
    assert assessed.rule_book == "2026.2"
    assert len(assessed.facts_sha256) == 64


def test_other_facts_have_another_digest() -> None:
    digests = {paid(party(), status(), uses=(use,)).facts_sha256 for use in ("TRAINING", "EQUIPMENT")}
    assert len(digests) == 2


def asking(*conditions: ConditionId, outcome: Outcome = Outcome.CONDITION) -> Assessment:
    """An assessment of one finding, which sets these conditions."""
    made = assessment(outcome)
    (finding,) = made.findings
    return made.model_copy(update={"findings": (finding.model_copy(update={"conditions": conditions}),)})


def test_papers_that_a_payment_waits_for_withhold_it_until_they_are_on_file() -> None:
    before = [one for one in ConditionId if CONDITIONS[one].before in {Gate.AGREEMENT, Gate.PAYMENT}]
    assert before
    for one in before:
        assert str(against_payment(asking(one), (), ())) == f"not on file: {one.value}"
        assert against_payment(asking(one), (), (one,)) is None


def test_papers_that_only_the_close_waits_for_withhold_no_payment() -> None:
    later = [one for one in ConditionId if CONDITIONS[one].before not in {Gate.AGREEMENT, Gate.PAYMENT}]
    assert later
    assert [one for one in later if against_payment(asking(one), (), ())] == []


def test_a_failure_withholds_whatever_is_on_file() -> None:
    assert str(against_payment(asking(outcome=Outcome.FAIL), (), tuple(ConditionId))) == "finding 1 (RULE-1)"
