"""Nothing is agreed on old words of registers. An entry that its publisher confirmed since is not old (R28, C38)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.errors import IllegalTransition
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.policy.findings import Outcome
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from domain.screening.evidence import Verification
from domain.screening.sources import RegisterVersion
from tests.builders import HOUSE_RULES, NOON, number, screening, status, verification, version
from tests.domain.partnership.specification import (
    Story,
    after,
    approve,
    approved,
    assess,
    assessment,
    authority_of,
    given,
    propose,
    release,
    sign,
    signed,
)

STAFF_ROLES = (Role.PROGRAMME_APPROVER,)
LISTS = ("ofac-consolidated", "ofac-sdn", "un-consolidated")
IN_TIME, TOO_LATE = 5, 7
"""Days after the verification, whose lists are of the day before it and may be seven days old."""


def verified(confirmed: date | None = None, of: date = date(2026, 11, 1)) -> Verification:
    asked = tuple(version(name, of).model_copy(update={"confirmed_on": confirmed}) for name in LISTS)
    return verification(status(), screening().model_copy(update={"asked": asked}))


def assessed(*outcomes: Outcome) -> c.RecordAssessment:
    asked = assess(*outcomes)
    book = asked.assessment.model_copy(update={"rule_book": RULE_BOOK.version})
    return asked.model_copy(update={"assessment": book})


def found(evidence: Verification | None = None, *outcomes: Outcome) -> Story:
    seen = c.RecordVerification(command_id=number("verify"), at=NOON, verification=evidence or verified())
    return given(propose(), seen, assessed(*outcomes or (Outcome.PASS,)))


DECISIONS: dict[str, tuple[Callable[[], Story], Any]] = {
    "to clear a referral": (lambda: found(None, Outcome.REFER), approve("vera.lind")),
    "to approve": (found, approve("ana.silva")),
    "to sign": (lambda: approved(found()), sign()),
}


@pytest.mark.parametrize(("story", "decision"), DECISIONS.values(), ids=DECISIONS.keys())
def test_what_is_too_old_is_no_ground_for_a_decision(story: Callable[[], Story], decision: Any) -> None:
    told = story().when(after(TOO_LATE, decision))
    told.refused(IllegalTransition, "too old by now", "ofac-sdn of 2026-11-01", "accord registers refresh")
    assert story().when(after(IN_TIME, decision)).refusal is None


def test_a_version_that_was_confirmed_since_is_as_old_as_its_confirmation() -> None:
    evidence = verified(confirmed=date(2026, 11, 2))
    assert found(evidence).when(after(TOO_LATE, approve("ana.silva"))).refusal is None
    assert RULE_BOOK.too_old(evidence, date(2026, 11, 9)) == ()
    assert RULE_BOOK.too_old(evidence, date(2026, 11, 10)) == tuple(f"{name} of 2026-11-02" for name in LISTS)


def test_what_a_verifier_knew_to_be_old_and_let_pass_goes_on() -> None:
    story = found(verified(of=date(2026, 9, 1)), Outcome.REFER).given(approve("vera.lind"))
    assert story.when(after(TOO_LATE, approve("ana.silva"))).then(e.ApprovalGiven)


def test_after_a_recheck_it_is_as_new_as_what_was_asked_then() -> None:
    again = c.RecordRecheck(
        command_id=number("recheck"),
        at=after(IN_TIME, release()).at,
        verification=verified(confirmed=date(2026, 11, 7)),
        assessment=assessment(Outcome.PASS),
    )
    assert found().given(again).when(after(TOO_LATE, approve("ana.silva"))).then(e.ApprovalGiven)


@pytest.mark.parametrize("edition", ["2026.2"])
def test_editions_that_knew_no_such_limit_at_a_decision_have_none(edition: str) -> None:
    assert EDITIONS[edition].too_old(verified(), date(2036, 1, 1)) == ()


def test_one_register_that_a_verifier_knew_to_be_old_excuses_no_other() -> None:
    asked = tuple(version(name, date(2026, 9 if name == LISTS[0] else 11, 1)) for name in LISTS)
    evidence = verification(status(), screening().model_copy(update={"asked": asked}))
    story = found(evidence, Outcome.REFER).given(approve("vera.lind"))
    told = story.when(after(TOO_LATE, approve("ana.silva"))).refusal
    assert told is not None
    assert "ofac-sdn of 2026-11-01" in str(told)
    assert "ofac-consolidated" not in str(told)


def by_rules(command: Any, *in_force: RegisterVersion, **rules: Any) -> Circumstances:
    """The circumstances in which the organisation has these rules, and these versions are in force."""
    who = authority_of(command)
    house = type(HOUSE_RULES).model_validate({**HOUSE_RULES.model_dump(mode="json"), **rules})
    return Circumstances(authority=who.model_copy(update={"rules": house}), in_force=in_force)


def decided(story: Story, days: int, *in_force: RegisterVersion, **rules: Any) -> Any:
    command = signed(story.partnership, after(days, approve("ana.silva")))
    return story.when_exactly(command, by_rules(command, *in_force, **rules)).refusal


def test_a_list_that_is_unchanged_and_was_confirmed_since_extends_the_evidence() -> None:
    """Given evidence of a month ago, when its very versions were confirmed yesterday, then it is a ground still."""
    same = tuple(one.model_copy(update={"confirmed_on": date(2026, 12, 1)}) for one in verified().screening.asked)
    others = tuple(one.model_copy(update={"version": one.version + 900}) for one in same)
    assert decided(found(), 30, *same) is None
    assert "too old by now" in str(decided(found(), 30, *others)), "another version says nothing of this one"


@pytest.mark.parametrize(("list_days", "days", "is_refused"), [(1, 1, True), (35, 33, False), (35, 35, True)])
def test_the_organisation_says_how_old_a_list_may_be(list_days: int, days: int, is_refused: bool) -> None:
    assert (decided(found(), days, list_days=list_days) is not None) is is_refused


def test_a_list_that_binds_since_makes_it_wait_and_is_named() -> None:
    lists = [*LISTS, "eu-consolidated"]
    told = str(decided(found(), 1, lists=lists))
    assert "was not screened against eu-consolidated, which binds by now" in told
    assert "accord registers refresh" in told


def test_a_list_that_bound_then_and_was_not_loaded_is_what_a_verifier_let_pass() -> None:
    lists = (*LISTS, "eu-consolidated")
    screened = verified().screening.model_copy(update={"binding": lists})
    story = found(verification(status(), screened), Outcome.REFER).given(approve("vera.lind"))
    assert decided(story, 1, lists=lists) is None


def test_a_list_that_does_not_bind_is_never_too_old() -> None:
    assert decided(found(), 1, lists=["uk-sanctions"]) is not None
    uk = version("uk-sanctions", date(2026, 11, 1))
    asked = (*(version(name, date(2026, 9, 1)) for name in LISTS), uk)
    screened = screening().model_copy(update={"asked": asked, "binding": ("uk-sanctions",)})
    assert decided(found(verification(status(), screened)), 1, lists=["uk-sanctions"]) is None
