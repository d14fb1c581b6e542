"""List the classes, and the event types, in unions of events that may be nested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args


def kinds_of(*unions: Any) -> Iterator[type[Any]]:
    """Yield every class in the unions, also from unions and `Annotated` types nested in them."""
    for one in unions:
        if isinstance(one, type):
            yield one
        else:
            yield from kinds_of(*get_args(one))


def event_types(*unions: Any) -> frozenset[str]:
    """Return the stored event type of every class in the unions."""
    return frozenset(str(kind.model_fields["event_type"].default) for kind in kinds_of(*unions))
