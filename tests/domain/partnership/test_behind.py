"""The people behind a payee are named and screened before agreement and payment: no paper replaces that (rules 4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition
from domain.parties import Party
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.findings import Outcome
from domain.policy.rulebook import RULE_BOOK, assess
from tests.builders import NOON, as_given, funding, funds_out, number, party, principal, status, verification
from tests.domain.partnership.specification import (
    Story,
    active,
    amend,
    approve,
    came_to,
    given,
    in_agreement,
    propose,
    recheck,
    release,
    satisfy,
    sign,
    verify,
)

SIGNS, PEOPLE = ConditionId.SIGNATORY_NAMED, ConditionId.PEOPLE_NAMED
NAMES = party(principals=[principal("Rosa Quiroga"), principal("Sam Secretary", "SIGNATORY")], nobody_owns=True)
NOBODY = party()


def legs(payee: Party) -> dict[str, Any]:
    return {"funds_out": funds_out("600.00", "400.00", payee=payee), "partner": payee}


def told(story: Story) -> Story:
    """The proposer says who is behind the payee."""
    return story.given(amend(**legs(NAMES)))


def test_no_agreement_is_recorded_before_who_signs_for_the_payee_is_named_and_screened() -> None:
    story = in_agreement((SIGNS,), **legs(NOBODY))
    story.when(sign()).refused(IllegalTransition, "name who signs for the payee", "accord amend")
    story.when(satisfy(SIGNS)).refused(IllegalTransition, "no paper meets SIGNATORY_NAMED", "accord amend FILE")
    assert outlook(story.partnership).awaiting == (Role.PROPOSER,)
    assert outlook(story.partnership).command == "accord amend FILE --reason REASON --as STAFF"
    named = told(story)
    named.when(sign()).refused(IllegalTransition, "SIGNATORY_NAMED")
    assert named.given(recheck()).when(sign()).then(e.AgreementSigned).stage is Stage.ACTIVE


def test_nothing_is_paid_before_who_governs_and_owns_it_is_named_and_screened() -> None:
    story = active((PEOPLE,), **legs(NOBODY))
    story.when(release()).refused(IllegalTransition, "who governs the payee", "PEOPLE_NAMED")
    story.when(satisfy(PEOPLE)).refused(IllegalTransition, "no paper meets")
    told(story).given(recheck()).when(release()).then(e.TrancheReleased)


def test_who_is_left_out_again_is_asked_for_again() -> None:
    story = told(active((PEOPLE,), **legs(NOBODY))).given(recheck())
    story = story.given(release(), *came_to(TrancheOutcome.SETTLED))
    again = story.given(amend(**legs(party(principals=[principal("Ada Moreau", "SIGNATORY")]))))
    asked = again.given(recheck(Outcome.CONDITION, PEOPLE))
    asked.when(release(2)).refused(IllegalTransition, "PEOPLE_NAMED")


def test_a_look_that_still_asks_meets_nothing() -> None:
    story = active((PEOPLE,), **legs(NOBODY)).given(recheck(Outcome.CONDITION, PEOPLE))
    story.when(release()).refused(IllegalTransition, "PEOPLE_NAMED")


@pytest.mark.parametrize("people", [(), NAMES.principals], ids=["nobody", "named"])
def test_the_rule_book_asks_it_of_a_proposal_that_names_nobody(people: Any) -> None:
    payee = NOBODY.model_copy(update={"principals": people, "nobody_owns": bool(people)})
    content = as_given(funds_out=funds_out(payee=payee))
    found = assess(content, funding(), verification(status()), book=RULE_BOOK)
    assert ({SIGNS, PEOPLE} <= set(found.conditions)) is not bool(people)


def test_nobody_owns_what_somebody_owns() -> None:
    with pytest.raises(ValueError, match="nobody_owns: Abel Mbeki owns a quarter or more"):
        party(principals=[principal("Abel Mbeki", "OWNER", "25")], nobody_owns=True)
    assert party(principals=[principal("Abel Mbeki", "OWNER", "24.9")], nobody_owns=True).nobody_owns


def test_a_referral_that_was_cleared_still_asks_who_they_are() -> None:
    """rules 4.2: clearing a question takes nothing away that its path asks."""
    found = assess(as_given(**legs(NOBODY)), funding(), verification(status()), book=RULE_BOOK)
    assert found.outcome is Outcome.REFER
    asked = c.RecordAssessment(command_id=number("asked"), at=NOON, assessment=found)
    story = given(propose(**legs(NOBODY)), verify(), asked, approve("vera.lind"))
    assert {SIGNS, PEOPLE} <= set(story.partnership.open_conditions())
