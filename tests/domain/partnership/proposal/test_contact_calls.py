"""A contact's address or number changes after a call to the number before: each number is vouched for by the last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.partnership import commands as c
from domain.partnership.proposal.telephones import COOLING_OFF
from tests.builders import NOON
from tests.domain.partnership.specification import Story, active, amend, ask, given, in_approval, propose

PAYEE = "Riverbend Library Network"
NUMBER, ANOTHER = "+1 971 555 0100", "+32 2 123 45 67"


def ida(**more: Any) -> dict[str, Any]:
    return {
        "name": "Ida Holm", "email": "ida.holm@library.example", "organization": PAYEE, "phone": NUMBER, **more
    }  # fmt: skip


def amended(*contacts: dict[str, Any], actor: str = "pia.berg", **more: Any) -> c.Amend:
    return amend(actor, contacts=contacts).model_copy(update=more)


def known(story: Story) -> list[tuple[str, bool]]:
    return [(entry.number, entry.vouched) for entry in story.partnership.telephones]


def test_the_number_of_a_first_proposal_is_due_diligences_and_counts() -> None:
    assert known(given(propose(contacts=[ida()]))) == [(NUMBER, True)]


@pytest.mark.parametrize("change", [{"phone": ANOTHER}, {"email": "ida@look-alike.example"}])
def test_no_address_and_no_number_changes_without_a_call_to_the_number_before(change: dict[str, Any]) -> None:
    active(contacts=[ida()]).when(amended(ida(**change))).refused(IllegalTransition, "called", "call contact 1")


def test_no_further_contact_comes_in_without_a_call() -> None:
    story = active(contacts=[ida()])
    new = ida(name="Tilda Moss", email="tilda@look-alike.example", phone=ANOTHER)
    story.when(amended(ida(), new)).refused(IllegalTransition, "called", "call contact 1")


def test_a_number_changes_after_a_call_and_counts_at_once() -> None:
    story = active(contacts=[ida()]).given(amended(ida(phone=ANOTHER), called=1))
    assert known(story) == [(ANOTHER, True)]


def test_the_call_is_in_the_event() -> None:
    [event] = active(contacts=[ida()]).when(amended(ida(phone=ANOTHER), called=1)).said
    assert getattr(event, "called", None) == 1


def test_a_call_to_the_new_number_or_to_nobody_is_none() -> None:
    story = active(contacts=[ida()])
    new = ida(name="Tilda Moss", email="tilda@look-alike.example", phone=ANOTHER)
    story.when(amended(new, called=2)).refused(IllegalTransition, "contact 2 has no number")
    without = active(contacts=[ida(), ida(name="Per Lund", email="per@library.example", phone=None)])
    without.when(amended(ida(phone=ANOTHER), called=2)).refused(IllegalTransition, "contact 2 has no number")


def test_a_number_written_otherwise_and_a_contact_who_goes_are_no_change() -> None:
    story = active(contacts=[ida(), ida(name="Per Lund", email="per@library.example")])
    assert known(story.given(amended(ida(phone="+19715550100")))) == [(NUMBER, True)]


def test_where_no_number_stood_a_new_one_counts_after_ten_days_and_by_another_person() -> None:
    story = active(contacts=[ida(phone=None)]).given(amended(ida()))
    [entry] = story.partnership.telephones
    assert not entry.counts("noor.haddad", NOON + COOLING_OFF - timedelta(seconds=1))
    assert entry.counts("noor.haddad", NOON + COOLING_OFF)
    assert not entry.counts("pia.berg", NOON + 3 * COOLING_OFF), "who entered it never calls it back"


def test_a_dead_number_is_said_to_be_and_the_new_one_waits() -> None:
    story = active(contacts=[ida()]).given(amended(ida(phone=ANOTHER), called=1, unanswered=True))
    assert known(story) == [(ANOTHER, False)]
    active(contacts=[ida()]).when(amended(ida(phone=ANOTHER), unanswered=True)).refused(
        IllegalTransition, "name in `called`"
    )


def test_a_number_that_waits_vouches_for_no_other() -> None:
    """Given a number that was entered without a call, when a call to it vouches for a third, then it is refused."""
    story = active(contacts=[ida()]).given(amended(ida(phone=ANOTHER), called=1, unanswered=True))
    third = amended(ida(phone="+44 20 7946 0958"), called=1)
    story.when(third).refused(IllegalTransition, "without a call to the number before", "another person than pia.berg")


def test_a_revised_proposal_vouches_for_no_other_number() -> None:
    story = in_approval(contacts=[ida()]).given(ask())
    again = propose(answer="She moved", contacts=[ida(phone=ANOTHER)])
    assert known(story.given(again)) == [(ANOTHER, False)]
