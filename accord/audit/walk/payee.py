"""Read the payee without the numbers and the name that nobody has checked, since nothing is paid to those."""

from __future__ import annotations

from accord.audit.walk.walk import Walk
from domain.parties import Party
from domain.partnership.proposal.updates import as_checked, updates_to_check
from domain.screening.tax_status import StatusEvidence


def checked_payee(walk: Walk) -> Party | None:
    """Return the payee without the numbers and the name that nobody has checked, or None if no money goes out."""
    if walk.out is None or walk.vouched is None:
        return None
    return as_checked(walk.vouched, walk.out.payee, frozenset(walk.cleared), _registered(walk))


def to_check(walk: Walk) -> tuple[str, ...]:
    """Return the unchecked news of the payee: a number that stood nowhere, a new legal name."""
    if walk.out is None or walk.vouched is None:
        return ()
    updates = updates_to_check(walk.vouched, walk.out.payee, _registered(walk))
    return tuple(update for update in updates if update not in walk.cleared)


def paid_names(walk: Walk) -> tuple[str, ...]:
    """Return the legal names in which the payee's account may be held."""
    return tuple(dict.fromkeys(party.name for party in (checked_payee(walk), walk.vouched) if party is not None))


def _registered(walk: Walk) -> StatusEvidence | None:
    return walk.verification.status if walk.verification else None
