"""Check the rates by which sums were converted into the base currency: a worker records them, and nobody signs them."""

from __future__ import annotations

from typing import TypeAlias

from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.partnership import events as e
from payments import Connection
from registers.rates import are_published

Deciding: TypeAlias = e.ApprovalGiven | e.ReferralCleared | e.ProposalAmended | e.EligibilityAssessed
"""The events that count sums under the rules of their day."""


def take(walk: Walk, event: Deciding) -> None:
    """Take the rates that an event says it counted by. An assessment counts by those of its evidence."""
    if isinstance(event, e.EligibilityAssessed):
        walk.conversion = walk.verification.conversion if walk.verification is not None else None
    else:
        walk.conversion = event.conversion
    walk.converted_at = walk.now


def take_of_agreement(walk: Walk, event: e.AgreementSigned) -> None:
    """Take the rates of an agreement, which may count sums for its account in a further currency.

    Only if they are into the base currency of the approval, whose rules still decide.
    """
    base = walk.rules.base if walk.rules is not None else None
    if base is not None and event.conversion is not None and event.conversion.base == base.currency:
        walk.conversion, walk.converted_at = event.conversion, walk.now


async def rates_fault(connection: Connection, walk: Walk) -> Fault | None:
    """Return the reason why the rates by which a partnership was approved count for nothing, or None.

    They must stand so in the version of the register that is named, and have been new enough when they were used. What
    they are today is not asked: what was approved was approved at the rate of its day.
    """
    base, rates = walk.rules.base if walk.rules is not None else None, walk.conversion and walk.conversion.rates
    if base is None or not rates or walk.converted_at is None:
        return None
    name, day, on = rates.source.register_version.register_name, rates.rates.day, walk.converted_at.date()
    if not await are_published(connection, rates):
        return Fault(f"it was approved at rates of {day} that {name} never listed so")
    if not base.allows(day, on):
        return Fault(f"it was approved on {on} at rates of {day}, and the rules allow {base.days} days")
    return None
