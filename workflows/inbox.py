"""The inbox of a workflow whose handlers only enqueue and whose one loop acts, so that everything has one order.

It knows nothing of what is asked: what waits, what was handled and refused, what stops all of it, and whether the run
is to begin anew. Another project can lift it, as `examples/inbox.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast
from uuid import UUID

from temporalio import workflow

Item = TypeVar("Item")
Stop = TypeVar("Stop", bound=Exception)


class Request(Protocol):
    """A request that is handled once, however often it is sent. The other items of an inbox have no id."""

    @property
    def command_id(self) -> UUID:
        """Its id."""


class Reply(NamedTuple):
    """The outcome of a request."""

    what: tuple[str, ...]
    replayed: bool
    """True if it was handled before, so that this answers a repeated request."""


class Inbox(Generic[Item, Stop]):
    """The items that wait for a workflow's loop, and the answers to those that waited."""

    def __init__(self, ids_of: Callable[[Any], Collection[str]], first: Iterable[Item] = ()) -> None:
        """`ids_of`: the ids that an update which asks for a request may bear. `first`: what waits from the start."""
        self._ids_of = ids_of
        self._items: list[Item] = list(first)
        self.handled: dict[UUID, tuple[str, ...]] = {}
        """The outcome of each request, by its id."""
        self._refused: dict[str, Exception] = {}
        """By the ids of the updates that may ask for a request: another signature of it is judged by itself."""
        self.stopped: Stop | None = None
        """The error while nothing may be decided."""
        self.begins_anew = False
        """True once somebody asked that the run continue as new."""

    # What waits.

    def __bool__(self) -> bool:
        return bool(self._items)

    def put(self, item: Item) -> None:
        """Let an item wait, after all others."""
        self._items.append(item)

    def put_once(self, item: Item) -> None:
        """Let an item wait, unless one of its kind does already."""
        if not self.holds(type(item)):
            self.put(item)

    def put_back(self, item: Item) -> None:
        """Let an item wait once more, before all others."""
        self._items.insert(0, item)

    def holds(self, *kinds: type) -> bool:
        """True if an item of one of these kinds waits."""
        return any(isinstance(item, kinds) for item in self._items)

    def take(self) -> Item:
        """Return the first item, which waits no longer."""
        return self._items.pop(0)

    def take_one_of(self, *kinds: type) -> Item | None:
        """Return the first item of these kinds and take it out, or None if there is none."""
        first_item = next((item for item in self._items if isinstance(item, kinds)), None)
        self._items = [item for item in self._items if item is not first_item]
        return first_item

    def _requests(self) -> Iterator[Request]:
        return (cast(Request, item) for item in self._items if hasattr(item, "command_id"))

    # What became of it.

    def knows(self, request: UUID) -> bool:
        """True if a request waits or was handled."""
        return request in self.handled or request in (request.command_id for request in self._requests())

    def record(self, request: UUID, outcome: str) -> None:
        """Add to what a request led to."""
        self.handled[request] = (*self.handled.get(request, ()), outcome)

    def refuse(self, request: Request, refusal: Exception) -> None:
        """Keep a refusal for whoever asked for the request with this signature."""
        self._refused.update(dict.fromkeys(self._ids_of(request), refusal))

    # Waiting.

    async def answer(self, request: Request, update_id: str) -> Reply:
        """Let a request wait, once, and return what it led to. `update_id`: the id of the update that asks for it.

        Raises:
            Exception: The refusal of the request.
        """
        is_replay = request.command_id in self.handled
        # One that waits already, by a signal say, answers both.
        if not is_replay and not any(update_id in self._ids_of(request) for request in self._requests()):
            # A refusal of before is no answer to this request.
            self._refused.pop(update_id, None)
            self.put(cast(Item, request))
        await workflow.wait_condition(lambda: request.command_id in self.handled or update_id in self._refused)
        if refusal := self._refused.get(update_id):
            raise refusal
        return Reply(self.handled[request.command_id], is_replay)

    async def until_something_waits(self) -> None:
        """Wait for an item, or until the run ought to begin anew."""
        info = workflow.info()
        await workflow.wait_condition(lambda: bool(self) or self.begins_anew or info.is_continue_as_new_suggested())

    async def until_all_are_answered(self) -> None:
        """Wait for all handlers to have their answers, or for another item."""
        await workflow.wait_condition(lambda: bool(self) or workflow.all_handlers_finished())

    async def until_one_of(self, kinds: tuple[type, ...], pause: timedelta, summary: str) -> bool:
        """Wait for an item of these kinds, for a while. Return True if one came."""
        try:
            await workflow.wait_condition(lambda: self.holds(*kinds), timeout=pause, timeout_summary=summary)
        except TimeoutError:
            return False
        return True
