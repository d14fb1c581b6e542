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
from domain.policy.findings import Outcome
from domain.policy.rulebook import EDITIONS, RULE_BOOK
from domain.screening.evidence import Verification
from tests.builders import NOON, number, screening, status, verification, version
from tests.domain.partnership.specification import (
    Story,
    after,
    approve,
    approved,
    assess,
    assessment,
    given,
    propose,
    release,
    sign,
)

STAFF_ROLES = (Role.PROGRAMME_APPROVER,)
LISTS = ("ofac-consolidated", "ofac-sdn", "un-consolidated")
IN_TIME, TOO_LATE = 33, 35
"""Days after the verification, whose lists are of the day before it and may be 35 days old."""


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
    assert RULE_BOOK.too_old(evidence, date(2026, 12, 7)) == ()
    assert RULE_BOOK.too_old(evidence, date(2026, 12, 8)) == tuple(f"{name} of 2026-11-02" for name in LISTS)


def test_what_a_verifier_knew_to_be_old_and_let_pass_goes_on() -> None:
    story = found(verified(of=date(2026, 9, 1)), Outcome.REFER).given(approve("vera.lind"))
    assert story.when(after(TOO_LATE, approve("ana.silva"))).then(e.ApprovalGiven)


def test_after_a_recheck_it_is_as_new_as_what_was_asked_then() -> None:
    again = c.RecordRecheck(
        command_id=number("recheck"),
        at=after(IN_TIME, release()).at,
        verification=verified(confirmed=date(2026, 12, 5)),
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
