"""Fold a partnership's holds for the audit: each stands until somebody lifts it who may, and who did not place it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.identity import ACCORD
from domain.partnership import events as e
from domain.proposal import Direction


class StandingHold(NamedTuple):
    """A hold on a partnership, on one leg of it or on its whole agreement, that was placed and not lifted yet."""

    actor: str
    reason: str
    leg: Direction | None
    whole_agreement: bool = False
    falls: bool = False
    """True if a rule repeats a hold of the partnership that leads the agreement, at which the audit looks itself."""

    @property
    def told(self) -> str:
        """Its author and the reason."""
        return f"by {self.actor}: {self.reason}"


@dataclass
class StandingHolds:
    """The holds that stand on a partnership, by the versions of the events that placed them."""

    standing: dict[int, StandingHold] = field(default_factory=dict)

    def place(self, event: e.HoldPlaced | e.HeldWithLead, version: int) -> None:
        """Place a hold beside those that stand."""
        if isinstance(event, e.HoldPlaced):
            self.standing[version] = StandingHold(event.actor, event.reason, event.leg, event.whole_agreement)
        else:
            self.standing[version] = StandingHold(ACCORD, event.reason, event.leg, falls=True)

    def lift(self, event: e.HoldLifted, shown_version: int | None) -> None:
        """Lift the holds that the event names, if its signer was shown them and did not place them. The others stand.

        `shown_version`: the version that they were shown. A lift that names none was of all holds, up to release 0.2.0.
        """
        versions = event.holds or tuple(self.standing)
        free = [
            version for version in versions if version in self.standing and self.standing[version].actor != event.actor
        ]
        seen_versions = [version for version in free if shown_version is None or shown_version >= version]
        if not event.holds and len(seen_versions) < len(self.standing):
            return
        for lifted_version in seen_versions:
            del self.standing[lifted_version]

    def fall(self, event: e.FreedWithLead) -> None:
        """Take away the holds that repeat the lead's. Whatever the system says beyond that stands."""
        self.standing = {at: hold for at, hold in self.standing.items() if at not in event.holds or not hold.falls}

    def on(self, legs: Collection[Direction | None]) -> str | None:
        """Return the holds of these legs, each author with the reason in words, or None.

        None among the legs is all of the partnership.
        """
        return _told(hold for hold in self.standing.values() if hold.leg in legs)

    @property
    def agreement(self) -> str | None:
        """The holds on everything under the agreement, each author with the reason in words, or None."""
        return _told(hold for hold in self.standing.values() if hold.whole_agreement)


def _told(standing: Iterable[StandingHold]) -> str | None:
    """Return the author of each hold and the reason. The very same is said once."""
    return "; ".join(dict.fromkeys(hold.told for hold in standing)) or None
