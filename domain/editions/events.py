"""The events of an edition: one person asks for it, another confirms it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.directory.tiers import Role
from domain.editions.kinds import CONFIRMERS, MAY_ASK, EditionKind, EditionNumber, SeriesName
from domain.payment.counter import CounterAct
from domain.values import Sentence, Sha256, is_none


class _OfEdition(CounterAct):
    edition_kind: EditionKind
    name: SeriesName
    edition: EditionNumber
    sha256: Sha256
    """The digest of its content, which is kept beside the ledger."""


class EditionAsked(_OfEdition):
    """Somebody asked for an edition. It is in force once another person confirmed it, and its day has come."""

    event_type: Literal["EditionAsked"] = "EditionAsked"
    act: ClassVar[str] = "ask_edition"
    roles: ClassVar[frozenset[Role]] = MAY_ASK
    starts_on: date | None = Field(default=None, exclude_if=is_none)
    """Its first day, or None for the day on which it is confirmed."""
    reason: Sentence


class EditionConfirmed(_OfEdition):
    """Another person read an edition that was asked for, and confirmed it."""

    event_type: Literal["EditionConfirmed"] = "EditionConfirmed"
    act: ClassVar[str] = "confirm_edition"
    roles: ClassVar[frozenset[Role]] = CONFIRMERS
    request_id: UUID
    """The command id under which it was asked for."""


EditionEvent = EditionAsked | EditionConfirmed
