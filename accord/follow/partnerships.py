"""Fold the partnerships' streams by the domain's own functions, and hold each event against the state before it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.audit.replays import RELEVANT, RecordedFacts
from accord.follow.assessments import reassess
from accord.follow.duties import decision_faults, is_decision, quorum_faults
from accord.follow.looks import Beyond, EventLook
from domain.directory.disregarded import Disregarded
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership

_REMEMBERED: Final = 5_000


class CountedEvent(NamedTuple):
    """An event as it counts: the domain's, or Disregarded."""

    event: Any
    sealed: bool
    """True if names in it are sealed."""
    position: int


class CaseStanding(NamedTuple):
    """A partnership as it is folded so far."""

    partnership: Partnership
    facts: RecordedFacts
    commands: frozenset[UUID] = frozenset()
    """The commands whose signed decisions counted already."""
    places: tuple[int, ...] = ()
    """The position of each version."""

    def after(self, event: Any, *, sealed: bool, position: int) -> CaseStanding:
        """Return the standing after an event, or after what is disregarded."""
        partnership, places = evolve(self.partnership, event), (*self.places, position)
        if isinstance(event, Disregarded):
            return self._replace(partnership=partnership, places=places)
        commands = self.commands
        if is_decision(event) and event.signature is not None:
            commands = commands | {event.signature.statement.command_id}
        is_fact = event.event_type in RELEVANT and not isinstance(event, e.EligibilityAssessed)
        facts = self.facts.after(event)._replace(erased=self.facts.erased or sealed) if is_fact else self.facts
        return CaseStanding(partnership, facts, commands, places)


class EventOutcome(NamedTuple):
    """The outcome of one event: faults, what could not be recomputed, and what was."""

    faults: tuple[str, ...] = ()
    beyond: tuple[Beyond, ...] = ()
    verified: tuple[str, ...] = ()


class FoldedCases:
    """The partnerships, each folded when one of its events comes. Those not touched for long are folded again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, CaseStanding] = OrderedDict()

    def known(self, stream: str) -> bool:
        """True if a stream needs not be folded from its beginning."""
        return stream in self._known

    def begin(self, stream: str, partnership_id: str, events: Iterable[CountedEvent]) -> None:
        """Fold a stream from its beginning."""
        standing = CaseStanding(Partnership(partnership_id=partnership_id), RecordedFacts())
        for event in events:
            standing = standing.after(event.event, sealed=event.sealed, position=event.position)
        self._known[stream] = standing

    def take(self, stream: str, event: CountedEvent) -> None:
        """Fold the next event of a stream."""
        standing = self._known[stream]
        self._known[stream] = standing.after(event.event, sealed=event.sealed, position=event.position)
        self._known.move_to_end(stream)

    def forget_the_oldest(self) -> None:
        """Forget the partnerships that were not touched for longest. Call it between pages, which are kept by then."""
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def judge(self, look: EventLook) -> EventOutcome:
        """Hold an event that is signed as it should be against the state before it."""
        standing, event = self._known[look.stored.stream_id], look.event
        if isinstance(event, e.EligibilityAssessed | e.RegistersRechecked):
            return self._assessed(standing, look)
        if not is_decision(event):
            beyond = (Beyond.REGISTERS,) if isinstance(event, e.DueDiligenceCompleted) else ()
            return EventOutcome(beyond=beyond)
        after = standing.after(event, sealed=look.is_sealed, position=look.stored.position)
        faults = [*_repeated(standing, event), *decision_faults(standing.partnership, after.partnership, look)]
        return EventOutcome(tuple(faults), tuple(_beyond_decision(standing, event)), ("decisions",))

    def _assessed(self, standing: CaseStanding, look: EventLook) -> EventOutcome:
        own_faults = isinstance(look.event, e.RegistersRechecked)
        after = standing.after(look.event, sealed=look.is_sealed, position=look.stored.position)
        facts = after.facts if own_faults else standing.facts
        if facts.proposal is None or facts.funding is None or facts.verification is None:
            return EventOutcome(("the rule book's answer rests on no evidence in the ledger",))
        assessed_event = reassess(facts, look.event, standing.partnership.partnership_id)
        faults = [assessed_event.fault] if assessed_event.fault else []
        if isinstance(look.event, e.EligibilityAssessed):
            faults += quorum_faults(standing.partnership, look, elevated_roles=False)
        return EventOutcome(tuple(faults), assessed_event.beyond, ("assessments",) if assessed_event.recomputed else ())


def _repeated(standing: CaseStanding, event: Any) -> Iterator[str]:
    if event.signature.statement.command_id in standing.commands:
        yield "its signature counts already, in an earlier event"


def _beyond_decision(standing: CaseStanding, event: Any) -> Iterator[Beyond]:
    display = event.signature.statement.shown
    if (
        display is not None
        and display.version
        and display.position not in standing.places[display.version - 1 : display.version]
    ):
        yield Beyond.ELSEWHERE
    if isinstance(event, e.ApprovalGiven | e.ReferralCleared):
        yield Beyond.TOGETHER
    if getattr(event, "conversion", None) is not None:
        yield Beyond.RATES
