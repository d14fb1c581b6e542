"""An event as it is stored in the ledger, with its place there and the command that caused it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.directory.disregarded import Disregarded
from domain.recorded.schema import AnyEvent
from domain.values import Moment, Value


class RecordedEvent(Value):
    """An event with its version in the stream, its position in the ledger, and the command that caused it."""

    version: int
    position: int = 0
    """The position in the ledger as a whole."""
    recorded_at: Moment | None = None
    command_id: UUID
    event: Annotated[AnyEvent | Disregarded, Field(discriminator="event_type")]
    leaf: str = ""
    """The hash of the event in the ledger's tree, hexadecimal. A changed event has another hash."""
