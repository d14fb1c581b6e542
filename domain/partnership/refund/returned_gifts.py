"""Refunds of gifts: to the donor, or into a blocked account if the donor is blocked (rules 4.8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from domain.errors import PaymentRefused
from domain.partnership import commands as c
from domain.partnership.refund.refunds import OF_A_GIFT, RefundDirection
from domain.partnership.state import Partnership
from domain.policy.conditions import ConditionId
from domain.policy.listings import listings, questions
from domain.policy.programmes import blocked, unjudged
from domain.screening.matches import SanctionsMatch


def goes_out_again(partnership: Partnership, command: c.StaffRequest) -> bool:
    """True if a command is about money that leaves a gift, so that its donor is screened first."""
    return _way_of(partnership, command)[0] in OF_A_GIFT


def require_lawful_return(
    partnership: Partnership,
    command: c.RecordRefund | c.ConfirmRefund,
    sanctions_matches: Collection[SanctionsMatch] | None = None,
) -> None:
    """Refuse to send back what is blocked, or what nobody judged yet, and to block the money of others.

    `sanctions_matches`: the donor's matches with the lists in force; None before anybody asked them, so that the newest
    look counts.
    What left before the day on which the donor was found on a list left lawfully.

    Raises:
        PaymentRefused: The money may not go that way.
    """
    gift = partnership.proposal.funds_in if partnership.proposal is not None else None
    way, booked_on = _way_of(partnership, command)
    if gift is None or way not in OF_A_GIFT:
        return
    known_matches = partnership.verification.screening.matches if partnership.verification is not None else ()
    matches = tuple(known_matches if sanctions_matches is None else sanctions_matches)
    stops, partnership_id = blocked(gift.donor, matches), partnership.partnership_id
    if way is RefundDirection.TO_BLOCKED_ACCOUNT:
        if sanctions_matches is not None and not stops:
            raise PaymentRefused(
                f"the donor of {partnership_id} is on no list that blocks its money; pay it back: --to-donor"
            )
        return
    if stops and not _left_before(partnership, booked_on):
        raise PaymentRefused(
            f"{'; '.join(listings(stops))}: what it gave is not sent back but moved into a blocked account, and "
            f"reported within 10 business days (31 CFR 501.603): `accord refund {partnership_id} --to-blocked-account`"
        )
    if open_matches := unjudged(gift.donor, matches):
        raise PaymentRefused(
            f"{'; '.join(questions(open_matches))}: nothing goes back to the donor before: `accord clear-match"
            f" {partnership_id}`"
        )


def _way_of(partnership: Partnership, command: c.StaffRequest) -> tuple[RefundDirection | None, date | None]:
    """Return the direction of a refund's money and the day of its booking, or None if the command is of no refund."""
    match command:
        case c.RecordRefund():
            return command.direction, command.booked_on
        case c.ConfirmRefund():
            refunds = (
                refund for refund in partnership.refunds if refund.is_named(command.bank_reference, command.detail)
            )
            refund = next(refunds, None)
            return (refund.direction, refund.booked_on) if refund is not None else (None, None)
        case _:
            return None, None


def _left_before(partnership: Partnership, booked_on: date | None) -> bool:
    since = dict(partnership.asked_on).get(ConditionId.SANCTIONS_REPORT)
    return since is not None and booked_on is not None and booked_on < since
