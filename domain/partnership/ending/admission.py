"""Checks of an end against the state: of a leg, of the whole, and of an end that is undone."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership.ending import commands as c
from domain.partnership.payment.admission import end_first
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.proposal import Direction


def admit_ending(partnership: Partnership, command: c.EndingRequest) -> None:
    """Raise a DomainError if the state does not allow an end, or that one is undone."""
    match command:
        case c.EndLeg():
            _admit_leg_end(partnership, command.leg)
        case c.Terminate():
            _admit_termination(partnership, command)
        case c.Reopen():
            _admit_reopening(partnership, command)
        case c.Decline() | c.Withdraw():
            _admit_refusal(partnership)
        case _:
            assert_never(command)


def _admit_leg_end(partnership: Partnership, leg: Direction) -> None:
    """Refuse to end the only leg, one that another depends on, and money out while a payment is on its way."""
    require_open_leg(partnership, leg)
    partnership_id, remaining_legs = (
        partnership.partnership_id,
        set(partnership.proposed.directions) - {*partnership.ended_legs, leg},
    )
    if not remaining_legs:
        raise IllegalTransition(
            f"{leg.value} is the only leg of {partnership_id}; decline it, or end it: `accord terminate`"
        )
    active = partnership.stage is Stage.ACTIVE
    if partnership.proposed.needs(leg) and (partnership.unpaid or not active):
        raise IllegalTransition(
            f"the money out of {partnership_id} depends on this gift; amend it first so that it does not"
        )
    if partnership.moved_on(leg) and not active:
        raise PaymentRefused(f"money has moved on this leg of {partnership_id}; end it once the agreement is signed")
    if leg is Direction.FUNDS_OUT and partnership.in_flight:
        raise PaymentRefused(f"a payment is on its way: {end_first(partnership)}; then the leg is ended")


def require_open_leg(partnership: Partnership, leg: Direction) -> None:
    """Refuse a command on a leg that the partnership does not have, or that ended."""
    legs = partnership.proposed.directions
    if leg not in legs or leg in partnership.ended_legs:
        open_legs = ", ".join(leg.value for leg in legs if leg not in partnership.ended_legs)
        raise IllegalTransition(f"{partnership.partnership_id} has no leg {leg.value} that is open; it has {open_legs}")


def _admit_termination(partnership: Partnership, command: c.Terminate) -> None:
    """Refuse to terminate while a payment is in flight, before anything was agreed or paid, and what kept its money."""
    if partnership.stage is Stage.CLOSED:
        _require_come_back(partnership, command)
    else:
        _require_at_rest(partnership)


def _require_at_rest(partnership: Partnership) -> None:
    """Refuse to terminate while a payment is in flight, and before anything was agreed or paid."""
    if partnership.at_the_bank and partnership.contradictions:
        raise PaymentRefused(
            "cannot terminate: a payment is at the bank, and what the bank said must be resolved first: "
            "`accord payments exceptions`"
        )
    if partnership.at_the_bank:
        raise PaymentRefused("cannot terminate: a payment is at the bank; wait for its answer, and import it")
    if partnership.in_flight:
        raise PaymentRefused(
            f"cannot terminate: a payment was released; cancel it first: "
            f"`accord payments cancel {partnership.partnership_id}`"
        )
    has_agreement = partnership.stage in {Stage.AGREEMENT, Stage.ACTIVE}
    if not has_agreement and not partnership.has_paid:
        where = f"{partnership.partnership_id} is {partnership.stage.value}"
        raise IllegalTransition(f"cannot terminate: {where}; decline it or let its proposer withdraw it")


def _admit_reopening(partnership: Partnership, command: c.Reopen) -> None:
    """Refuse to open what is closed and kept its money."""
    _require_come_back(partnership, command)


def _require_come_back(partnership: Partnership, command: c.Reopen | c.Terminate) -> None:
    """Refuse to open, or to end, what is closed and kept its money."""
    if not partnership.came_back_since:
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} is CLOSED, and no payment of it came back; what is "
            "to be paid beside is proposed as another partnership"
        )
    if partnership.late_returns:
        raise IllegalTransition(
            f"cannot {command.verb}: two people say first whether the money came back: `accord payments exceptions`"
        )


def _admit_refusal(partnership: Partnership) -> None:
    """Refuse to decline or withdraw what has paid."""
    if partnership.has_paid:
        raise IllegalTransition(f"{partnership.partnership_id} has paid already; it is terminated: `accord terminate`")
