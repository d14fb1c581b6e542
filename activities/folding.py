"""A partnership folded from its stream, with the search attributes and deadline that its workflow publishes."""

from __future__ import annotations

from typing import Any, NamedTuple, cast
from uuid import UUID

from activities.contracts import Attributes, KnownVersion, Published
from domain.directory.disregarded import Disregarded
from domain.errors import LedgerBehind
from domain.partnership.commands import AnyCommand
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.partnership.waiting.clock import next_deadline
from domain.partnership.waiting.outlook import outlook
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId


class FoldedPartnership(NamedTuple):
    """A partnership folded from its stream, with the events."""

    partnership: Partnership
    events: tuple[RecordedEvent, ...] = ()

    def and_then(self, news: list[RecordedEvent]) -> FoldedPartnership:
        """Return the partnership after further events."""
        partnership = self.partnership
        for new in news:
            partnership = evolve(partnership, cast(Any, new.event))
        return FoldedPartnership(partnership, (*self.events, *news))

    def handled(self) -> dict[UUID, tuple[str, ...]]:
        """Return the types of the events that each recorded command led to, by command id."""
        event_types: dict[UUID, tuple[str, ...]] = {}
        for recorded_event in self.events:
            if not isinstance(recorded_event.event, Disregarded):
                event = cast(Any, recorded_event.event)
                event_types[recorded_event.command_id] = (
                    *event_types.get(recorded_event.command_id, ()),
                    event.event_type,
                )
        return event_types

    def has(self, command: AnyCommand) -> bool:
        """True if a command was recorded."""
        return command.command_id in self.handled()

    def since(self, known_version: KnownVersion) -> tuple[RecordedEvent, ...]:
        """Return the events after the known version.

        Raises:
            LedgerBehind: The newest known event is missing: the ledger was put back to an earlier point. Nothing is
                recorded on top of another history until an operator has decided what becomes of the lost events.
        """
        newest = self.events[known_version.version - 1] if 0 < known_version.version <= len(self.events) else None
        newest_place = (newest.position, newest.leaf if known_version.leaf else "") if newest is not None else None
        if known_version.version and newest_place != (known_version.position, known_version.leaf):
            stream = StreamId.partnership(self.partnership.partnership_id)
            raise LedgerBehind(
                f"the ledger does not hold event {known_version.version} of {stream} at position"
                f" {known_version.position} any more: it was put back to an earlier point. Nothing is decided here"
                " until an operator has looked at it: see `accord runbook ledger-behind`"
            )
        return self.events[known_version.version :]


def published(partnership: Partnership) -> Published:
    """Return a partnership's search attributes and deadline."""
    if partnership.proposal is None:
        return Published()
    now, proposal = outlook(partnership), partnership.proposal
    money = proposal.money
    return Published(
        attributes=Attributes(
            stage=partnership.stage.value,
            on_hold=partnership.hold is not None,
            awaiting=tuple(role.value for role in now.awaiting),
            due=now.due,
            funder=proposal.legs[0].funder,
            country=proposal.partner.country,
            amount=float(money.amount) if money else None,
            currency=money.currency if money else None,
            partner=proposal.partner.known_openly_as(partnership.partnership_id),
            hold=" ".join(partnership.hold_codes),
        ),
        deadline=next_deadline(partnership),
    )
