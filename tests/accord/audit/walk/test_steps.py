"""The walk's table: whoever adds an event says what it means for a payment."""

from __future__ import annotations

from typing import Final, get_args

from accord.audit.walk.steps import IN_DOUBT, STEPS
from domain.partnership import events as e

MEANS_NOTHING: Final = {
    e.CommandRefused,
    e.CommentMade,
    e.GranteeInvited,
    e.InvitationEnded,
    e.SubmissionReturned,
    e.DeadlineExtended,
    e.DeciderReminded,
    e.PartnershipAssigned,
    e.TrancheNeverSent,
    e.RecoveryWaived,
}
"""Events that neither allow nor stop a payment."""


def test_each_event_has_a_step_or_means_nothing_for_a_payment() -> None:
    events = set(get_args(get_args(e.Event)[0]))
    assert set(STEPS) | MEANS_NOTHING == events
    assert MEANS_NOTHING.isdisjoint(STEPS)


def test_what_is_kept_of_a_decision_in_doubt_is_of_an_event_that_has_a_step() -> None:
    assert set(IN_DOUBT) <= set(STEPS)
