"""A newer edition stops no running grant on the day of a release: what it asks anew has a day (rules 4.16).

Here 2026.3 approved what 2026.4 asks about: an insider who controls the payee, which 2026.3 took for known.
"""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.diligence.earlier import upgrade_to
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.earlier import AT_ONCE, asked_anew, asked_by
from domain.policy.findings import Outcome
from domain.policy.rulebook import EDITIONS
from domain.policy.rulebook import assess as assess_under
from domain.policy.rules import sanctions, told
from domain.policy.rules.payee import offices
from domain.screening.evidence import Verification
from domain.screening.truths import KnownTruth, TruthKind
from tests.builders import (
    NOON,
    funding,
    funds_out,
    master_file,
    match,
    number,
    revocation,
    screening,
    status,
    verification,
)
from tests.domain.partnership.specification import (
    Story,
    after,
    approve,
    came_to,
    clear,
    given,
    propose,
    release,
    satisfy,
    sign,
    verify,
)

LEG: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00", controlled_by_insider=True)}
KNOWN = verification(status())


def judged(edition: str, found: Verification = KNOWN, **leg: Any) -> Any:
    made = propose(**(leg or LEG)).proposal
    return assess_under(made, funding(), found, (), EDITIONS[edition])


def agreed_under(edition: str, **leg: Any) -> Story:
    """A grant that everybody approved, and that was signed, under an edition."""
    assessed = c.RecordAssessment(command_id=number("assessed"), at=NOON, assessment=judged(edition, **leg))
    return given(propose(**(leg or LEG)), verify(), assessed, approve("ana.silva"), approve("femi.ade"), sign())


def looked_at(edition: str = "2026.4", found: Verification = KNOWN, days: int = 0, **leg: Any) -> c.RecordRecheck:
    look = c.RecordRecheck(
        command_id=number(f"look {edition} {days}"),
        at=NOON,
        verification=found,
        assessment=judged(edition, found, **leg),
    )
    looked: c.RecordRecheck = after(days, look)
    return looked


(ASKED,) = asked_anew(judged("2026.3").findings, judged("2026.4").findings)


def test_what_a_newer_edition_asks_first_holds_nothing_before_its_day() -> None:
    story = agreed_under("2026.3").when(looked_at())
    now = story.then(e.RegistersRechecked)
    assert [(one.asked, (one.due - NOON.date()).days) for one in now.later] == [(ASKED, 60)]
    assert (now.hold, now.asked_since, story.said[0].adverse) == (None, (), "")
    assert story.given().when(after(59, release())).then(e.TrancheReleased)


def test_it_is_an_obligation_with_its_day_and_holds_from_the_day_after() -> None:
    story = agreed_under("2026.3").given(looked_at())
    (owed,) = [one for one in obligations(story.partnership) if one.kind is ObligationKind.QUESTION]
    assert (owed.about, (owed.due - NOON.date()).days) == (ASKED, 59)
    assert owed.command.startswith("clear ")
    story.when(after(60, release())).refused(PaymentRefused, ASKED, "accord clear P-2026-0042")


def test_once_a_verifier_answered_it_never_holds() -> None:
    story = agreed_under("2026.3").given(looked_at(), clear(ASKED))
    assert [one for one in obligations(story.partnership) if one.kind is ObligationKind.QUESTION] == []
    assert story.when(after(90, release())).then(e.TrancheReleased)


def test_a_later_look_keeps_the_first_day_and_holds_from_it_on() -> None:
    story = agreed_under("2026.3").given(looked_at(), looked_at(days=30))
    assert [(one.due - NOON.date()).days for one in story.partnership.later] == [60]
    after_the_day = story.when(looked_at(days=61))
    assert after_the_day.then(e.RegistersRechecked, e.HoldPlaced).hold is not None


def test_what_changes_after_the_first_look_is_asked_at_once() -> None:
    story = agreed_under("2026.3", funds_out=funds_out("600.00", "400.00"))
    plain = {"funds_out": funds_out("600.00", "400.00")}
    story = story.given(looked_at(**plain))
    assert story.when(looked_at(days=1)).then(e.RegistersRechecked, e.HoldPlaced).asked_since == (ASKED,)


def test_what_the_own_edition_asks_of_newer_facts_is_asked_at_once() -> None:
    revoked = verification(status(master_file=master_file(status="25")))
    assert agreed_under("2026.3").when(looked_at(found=revoked)).then(e.RegistersRechecked, e.HoldPlaced)


def test_a_near_name_on_a_list_and_a_failure_bind_at_once() -> None:
    listed = verification(status(), screening(match()))
    assert agreed_under("2026.3").when(looked_at(found=listed)).then(e.RegistersRechecked, e.HoldPlaced)


def test_what_people_told_binds_at_once_though_an_older_edition_would_not_ask() -> None:
    insider = KnownTruth(truth=number("told"), kind=TruthKind.INSIDER, since=NOON.date(), party="")
    known = KNOWN.model_copy(update={"truths": (insider,)})
    story = agreed_under("2026.3", **PLAIN)
    assert story.when(looked_at(found=known, **PLAIN)).then(e.RegistersRechecked, e.HoldPlaced).later == ()


def test_what_is_not_agreed_yet_is_asked_at_once() -> None:
    assessed = c.RecordAssessment(command_id=number("assessed"), at=NOON, assessment=judged("2026.3"))
    story = given(propose(**LEG), verify(), assessed, approve("ana.silva"))
    assert story.when(looked_at()).then(e.RegistersRechecked, e.HoldPlaced).later == ()


def test_what_was_approved_under_the_edition_itself_is_asked_at_once() -> None:
    plain = {"funds_out": funds_out("600.00", "400.00")}
    story = agreed_under("2026.4", **plain)
    assert story.when(looked_at()).then(e.RegistersRechecked, e.HoldPlaced).later == ()


def test_a_case_that_begins_anew_under_the_newer_edition_has_no_more_time() -> None:
    story = agreed_under("2026.3").given(looked_at())
    amended = c.Amend(
        command_id=number("amended"), at=NOON, actor="pia.berg", reason="more",
        proposal=propose(funds_out={**LEG["funds_out"], "uses": ("TUITION",)}).proposal,
    )  # fmt: skip
    assert story.given(amended).partnership.later == ()


def test_before_an_upgrade_it_is_said_what_the_edition_would_ask_and_refuse() -> None:
    said = upgrade_to(agreed_under("2026.3").partnership, EDITIONS["2026.4"])
    assert said == ((), (ASKED,))
    assert upgrade_to(agreed_under("2026.3").given(looked_at()).partnership, EDITIONS["2026.4"]) == ((), ())
    assert upgrade_to(given(propose(**LEG)).partnership, EDITIONS["2026.4"]) == ((), ())


CONDITION = ConditionId.BARRIER_MET
PLAIN: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00")}


def test_a_paper_that_a_newer_edition_asks_for_has_the_same_day() -> None:
    barred = {"funds_out": funds_out("600.00", "400.00", barrier="The ministry has signed")}
    story = agreed_under("2026.4", **barred).given(looked_at("2026.5", **barred))
    assert (story.partnership.conditions_later, story.partnership.open_conditions()) == ((CONDITION,), ())
    assert CONDITION.value in {one.about for one in obligations(story.partnership)}
    assert story.when(after(59, release())).then(e.TrancheReleased)
    story.when(after(60, release())).refused(PaymentRefused, CONDITION.value)
    filed = story.given(satisfy(CONDITION))
    assert filed.when(after(60, release())).then(e.TrancheReleased)
    filed.when(satisfy(CONDITION)).refused(IllegalTransition, "on file already")


OVER: dict[str, Any] = {"period": {"starts": "2025-01-01", "ends": "2026-10-01"}}
BARRIER: dict[str, Any] = {"barrier": "The ministry has signed", "barrier_holds": (2,)}
BARRED: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00", **BARRIER)}


@pytest.mark.parametrize(("content", "word"), [(OVER, "2026-10-01"), (BARRED, "BARRIER_MET")])
def test_a_period_that_is_over_and_an_unmet_barrier_hold_from_their_day(content: dict[str, Any], word: str) -> None:
    content = {**PLAIN, **content}
    story = agreed_under("2026.4", **content).given(looked_at("2026.5", **content), release(1))
    story = story.given(*came_to(TrancheOutcome.SETTLED))
    assert any(word in one.what for one in obligations(story.partnership))
    assert story.when(after(59, release(2))).then(e.TrancheReleased)
    assert word in str(story.when(after(60, release(2))).refusal)


def test_a_barrier_of_another_tranche_holds_nothing_on_its_day() -> None:
    story = agreed_under("2026.4", **BARRED).given(looked_at("2026.5", **BARRED))
    assert story.when(after(60, release(1))).then(e.TrancheReleased)


def test_screening_public_offices_and_what_people_told_bind_at_once_whichever_edition_asks() -> None:
    assert {rule.rule_id for rule in (*sanctions.RULES, *offices.RULES, *told.RULES)} == AT_ONCE


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_asks_nothing_anew_of_itself(edition: str) -> None:
    found = judged(edition).findings
    assert asked_anew(found, found) == ()
    assert set(asked_anew((), found)) <= set(asked_by(found))


def test_what_a_newer_edition_refuses_first_is_told_with_its_rule() -> None:
    embargoed = {"funds_out": funds_out("600.00", "400.00", places=({"country": "IR"},))}
    known = agreed_under("2026.3", **embargoed).partnership
    (reason,) = upgrade_to(known, EDITIONS["2026.4"]).refuses
    assert reason.endswith("(PLACES-EMBARGO)")
    assert upgrade_to(known, EDITIONS["2026.3"]) == ((), ())


def test_what_the_earlier_edition_refuses_as_well_is_nothing_that_the_newer_one_says() -> None:
    revoked = verification(status(revocations=(revocation("2026-05-15", "2026-10-20"),)))
    known = agreed_under("2026.3").partnership.model_copy(update={"verification": revoked})
    assert {one.outcome for one in judged("2026.3", revoked).findings} >= {Outcome.FAIL}
    assert upgrade_to(known, EDITIONS["2026.4"]).refuses == ()
