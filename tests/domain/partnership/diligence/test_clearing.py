"""A question of a later look at the registers is cleared once, for its facts, by one who may (rules 3.7, 3.8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition, SeparationOfDuties
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.waiting.outlook import outlook
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction
from domain.screening.matches import NAMESAKES
from tests.builders import DIGEST, NOON, funds_out, number, party, status, verification
from tests.domain.partnership.specification import (
    Story,
    acting,
    active,
    amend,
    approve,
    assess,
    clear,
    fall,
    given,
    in_agreement,
    in_approval,
    in_eligibility,
    lift,
    own,
    propose,
    recheck,
    release,
    verify,
)

REFER, FAIL, PASS = Outcome.REFER, Outcome.FAIL, Outcome.PASS
QUESTION = "RULE-1: finding 1"


def asked(*told: tuple[str, str], outcome: Outcome = REFER) -> c.RecordRecheck:
    """The registers ask about these facts, each by a rule."""
    findings = tuple(
        Finding(
            rule_id=rule,
            layer=Layer.POLICY,
            citation="owner's policy",
            confirmed=True,
            leg=Direction.FUNDS_OUT,
            outcome=outcome,
            reason=f"worded of {about}",
            about=(about,),
        )
        for rule, about in told
    )
    found = Assessment(rule_book="2026.4", facts_sha256=DIGEST, findings=findings)
    return c.RecordRecheck(
        command_id=number(repr(told)), at=NOON, verification=verification(status()), assessment=found
    )


RENAMED = asked(("ELIG-NAME", "EIN 1: old ~ new"))
CLEARED = clear("ELIG-NAME: EIN 1: old ~ new")


@pytest.mark.parametrize("story", [in_approval, in_agreement, active])
def test_a_question_of_a_later_look_is_cleared_and_then_the_hold_is_lifted(story: Callable[[], Story]) -> None:
    held = story().given(recheck(REFER))
    assert held.partnership.asked_since == (QUESTION,)
    now = held.when(clear()).then(e.QuestionsCleared)
    assert (now.asked_since, now.cleared_referrals) == ((), (QUESTION,))
    assert now.hold is not None
    assert held.given(clear(), lift()).partnership.hold is None


def test_cleared_once_it_is_asked_no_more() -> None:
    """Before, it was held, lifted and withheld again and again."""
    story = active().given(RENAMED, CLEARED, lift())
    again = story.when(RENAMED)
    assert again.then(e.RegistersRechecked).hold is None
    assert again.when(release()).then(e.TrancheReleased)


def test_another_fact_is_another_question() -> None:
    story = active().given(RENAMED, CLEARED, lift())
    now = story.when(asked(("ELIG-NAME", "EIN 1: old ~ newer"))).then(e.RegistersRechecked, e.HoldPlaced)
    assert now.asked_since == ("ELIG-NAME: EIN 1: old ~ newer",)


def test_a_new_wording_of_the_same_fact_asks_nothing_again() -> None:
    reworded = RENAMED.model_copy(
        update={
            "assessment": RENAMED.assessment.model_copy(
                update={
                    "findings": tuple(
                        one.model_copy(update={"reason": "put otherwise"}) for one in RENAMED.assessment.findings
                    )
                }
            )
        }
    )
    assert active().given(RENAMED, CLEARED, lift()).when(reworded).then(e.RegistersRechecked).hold is None


def test_a_failure_is_cleared_by_nobody() -> None:
    story = active().given(asked(("ELIG-REVOKED", "EIN 1"), outcome=FAIL))
    assert story.partnership.asked_since == ()
    story.when(clear("ELIG-REVOKED: EIN 1")).refused(IllegalTransition, "nobody asks", "open is: nothing")


def test_what_nobody_asks_is_not_cleared() -> None:
    active().when(clear()).refused(IllegalTransition, "nobody asks 'RULE-1: finding 1'")
    active().given(RENAMED).when(clear("ELIG-NAME: EIN 2")).refused(IllegalTransition, "open is: ELIG-NAME: EIN 1")


def test_a_changed_name_is_proved_by_a_paper() -> None:
    story = active().given(RENAMED)
    story.when(clear("ELIG-NAME: EIN 1: old ~ new", paper=False)).refused(IllegalTransition, "--document")
    other = active().given(asked(("SANCTIONS", "pair 1")))
    assert other.when(clear("SANCTIONS: pair 1", paper=False)).then(e.QuestionsCleared)


@pytest.mark.parametrize("what", [("ELIG-LISTED", "EIN 1 was not found"), ("ELIG-PATH", "UNKNOWN: nothing proves it")])
def test_what_no_register_lists_any_more_is_cleared_by_a_paper_alone(what: tuple[str, str]) -> None:
    """W7 of the lives: after a merger a verifier's sentence let the next payment go to the dead number."""
    story, key = active().given(asked(what)), ": ".join(what)
    story.when(clear(key, paper=False)).refused(IllegalTransition, "no register lists (any more)", "--document")
    assert story.when(clear(key)).then(e.QuestionsCleared)


@pytest.mark.parametrize("what", [("ELIG-LISTED", "EIN 1 was not found"), ("ELIG-PATH", "UNKNOWN: nothing proves it")])
def test_before_an_agreement_too_a_sentence_does_not_prove_what_no_register_lists(what: tuple[str, str]) -> None:
    """W2 of the lives: a verifier's "known to us" sent a consultancy's grant to the bank."""
    told = asked(what).assessment
    story = given(propose(), verify(), c.RecordAssessment(command_id=number("assess"), at=NOON, assessment=told))
    story.when(approve("vera.lind")).refused(IllegalTransition, "no register lists (any more)", "--document")
    cleared = story.when(approve("vera.lind", paper=True))
    cleared.then(e.ReferralCleared, e.DeadlineSet)
    assert getattr(cleared.said[0], "document_sha256", None) == DIGEST


def test_an_approval_rests_on_no_paper() -> None:
    in_approval().when(approve("ana.silva", paper=True)).refused(IllegalTransition, "document:", "accord satisfy")


def test_a_namesake_stops_nobody_but_themselves() -> None:
    assert active().given(asked((NAMESAKES, "Ana"))).partnership.asked_since == ()


@pytest.mark.parametrize("who", ["pia.berg", "ana.silva", "femi.ade", "noor.haddad"])
def test_who_proposed_approved_or_called_back_does_not_clear(who: str) -> None:
    active().given(RENAMED).when(CLEARED.model_copy(update={"actor": who}), acting(who, own(Role.VERIFIER))).refused(
        SeparationOfDuties
    )


def test_who_cleared_neither_approves_nor_pays() -> None:
    story = active().given(RENAMED, CLEARED, lift())
    assert story.partnership.has_part("vera.lind", Part.CLEARED)
    story.when(release(1, "vera.lind"), acting("vera.lind", own(Role.PAYER))).refused(SeparationOfDuties)


def test_a_clearance_with_a_compromised_key_counts_no_more() -> None:
    story = active().given(RENAMED, CLEARED, lift()).given(fall("vera.lind", Part.CLEARED))
    assert story.partnership.cleared_referrals == ()
    assert story.partnership.stage is Stage.ELIGIBILITY


def test_a_case_that_begins_anew_asks_anew() -> None:
    story = active().given(RENAMED, CLEARED, lift(), amend(funds_out=_other_payee()))
    assert (story.partnership.asked_since, story.partnership.cleared_since) == ((), ())


def test_at_the_eligibility_stage_the_referral_is_cleared_as_before() -> None:
    story = in_eligibility(REFER).given(RENAMED)
    assert story.partnership.asked_since == ()
    story.when(CLEARED).refused(IllegalTransition, "ELIGIBILITY")


def test_what_was_cleared_at_first_stays_cleared() -> None:
    story = in_eligibility(REFER).given(*map(approve, ("vera.lind", "ana.silva", "femi.ade", "dora.kim")))
    now = story.when(recheck(REFER)).then(e.RegistersRechecked)
    assert (now.asked_since, now.hold) == ((), None)


def test_the_next_step_names_the_question_and_who_clears_it() -> None:
    ahead = outlook(active().given(RENAMED).partnership)
    assert ahead.awaiting == (Role.VERIFIER,)
    assert ahead.next_step == "clear what the registers ask: ELIG-NAME: EIN 1: old ~ new"
    assert ahead.command.startswith("accord clear P-2026-0042 --as STAFF")


def test_a_later_look_that_finds_nothing_asks_nothing() -> None:
    story = active().given(RENAMED, recheck(PASS))
    assert story.partnership.asked_since == ()
    assert story.given(lift()).when(release()).then(e.TrancheReleased)


def test_after_a_new_assessment_nothing_is_open() -> None:
    story = active().given(RENAMED, lift(), amend(funds_out=_other_payee()), verify(), assess(PASS))
    assert story.partnership.asked_since == ()


def _other_payee() -> object:
    return funds_out(payee=party("Harbour Schools Trust"))
