"""Reliance on a published tax status: it ends when a revocation is posted, or sooner if the funder knows of it.

Source: Rev. Proc. 2018-32, s. 4; IRC 6033(j); rules 2.3.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.grants import KnownChange
from domain.screening.tax_status import RevocationEntry, newest_posted


class Reliance(NamedTuple):
    """The answer to whether a funder may rely on the registers on a day, with the reason."""

    stands: bool
    reason: str


def may_rely(
    paid_on: date, revocations: tuple[RevocationEntry, ...], known_changes: tuple[KnownChange, ...] = ()
) -> Reliance:
    """Return the reliance of a payment on a day on the published status (Rev. Proc. 2018-32, s. 4.02, 4.04)."""
    newest = newest_posted(revocations, paid_on)
    if newest is not None and newest.in_force(paid_on):
        return Reliance(
            False,
            f"tax exemption revoked with effect from {newest.effective_on}, posted {newest.posted_on}, not reinstated "
            f"by {paid_on}",
        )
    if change := _known_on(paid_on, newest, known_changes):
        return Reliance(False, f"the funder knew since {change.known_since}: {change.what}")
    if newest is not None:
        return Reliance(True, f"was revoked from {newest.effective_on} and is reinstated; the history is on file")
    return Reliance(True, "no automatic revocation is posted")


def _known_on(
    paid_on: date, newest: RevocationEntry | None, known_changes: tuple[KnownChange, ...]
) -> KnownChange | None:
    """Return the first change that the funder knew of by a day and that no later reinstatement remedied, or None."""
    reinstatement_day = newest.reinstated_on if newest is not None and newest.reinstated_on is not None else None
    return next(
        (
            change
            for change in known_changes
            if change.known_since <= paid_on and (reinstatement_day is None or reinstatement_day < change.known_since)
        ),
        None,
    )
