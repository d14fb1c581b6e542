"""A series of editions: the fold of its events, the edition in force on a day, and the acts that are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import assert_never
from uuid import UUID

from domain.directory.disregarded import Disregarded
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.kinds import EditionKind, order_of
from domain.fault import Fault


@dataclass(frozen=True, slots=True)
class ConfirmedEdition:
    """An edition that two people signed."""

    request: EditionAsked
    confirmation: EditionConfirmed

    @property
    def edition(self) -> str:
        """Its number."""
        return self.request.edition

    @property
    def sha256(self) -> str:
        """The digest of its content."""
        return self.request.sha256

    @property
    def first_day(self) -> date:
        """The day from which it is in force: never before it was confirmed."""
        confirmed_on = self.confirmation.at.date()
        return max(self.request.starts_on or confirmed_on, confirmed_on)


@dataclass(frozen=True, slots=True)
class EditionSeries:
    """All editions of one thing. Every confirmed one stays, for what was begun with it."""

    kind: EditionKind
    name: str
    version: int = 0
    waiting: EditionAsked | None = None
    """The edition that waits for a second person. Another one that is asked for takes its place."""
    confirmed: tuple[ConfirmedEdition, ...] = ()
    """In the order of their numbers, which is also that of their confirmations."""

    @property
    def request_id(self) -> UUID | None:
        """The id under which what waits was asked for."""
        return self.waiting.signature.statement.command_id if self.waiting is not None else None

    @property
    def newest(self) -> ConfirmedEdition | None:
        """The confirmed edition with the highest number, whether its day has come or not."""
        return self.confirmed[-1] if self.confirmed else None

    def in_force(self, on: date) -> ConfirmedEdition | None:
        """Return the edition in force on a day: the newest whose day has come."""
        return next((edition for edition in reversed(self.confirmed) if edition.first_day <= on), None)

    def begun_with(self, edition: str | None, on: date) -> ConfirmedEdition | None:
        """Return the edition that something was begun with, as far as it still counts, or the one in force on a day."""
        return (self.numbered(edition) if edition is not None else None) or self.in_force(on)

    def numbered(self, edition: str) -> ConfirmedEdition | None:
        """Return a confirmed edition by its number."""
        return next((record for record in self.confirmed if record.edition == edition), None)


def fold(kind: EditionKind, name: str, history: Iterable[EditionEvent | Disregarded]) -> EditionSeries:
    """Return a series after all events of its history."""
    return reduce(evolve, history, EditionSeries(kind, name))


def evolve(series: EditionSeries, event: EditionEvent | Disregarded) -> EditionSeries:
    """Return a series after an event. What cannot be, such as a second confirmation, changes only the version."""
    new_series = replace(series, version=series.version + 1)
    match event:
        case Disregarded():
            return new_series
        case EditionAsked() if asked_fault(series, event) is None:
            return replace(new_series, waiting=event)
        case EditionConfirmed() if series.waiting is not None and confirmation_fault(series, event) is None:
            edition = ConfirmedEdition(series.waiting, event)
            return replace(new_series, waiting=None, confirmed=(*series.confirmed, edition))
        case EditionAsked() | EditionConfirmed():
            return new_series
        case _:
            assert_never(event)


def asked_fault(series: EditionSeries, request: EditionAsked) -> Fault | None:
    """Return the reason why an edition cannot be asked for in a series, or None."""
    if _is_of_another(series, request):
        return Fault(f"{request.edition_kind}/{request.name} is another series than {series.kind}/{series.name}")
    newest = series.newest
    if newest is not None and order_of(request.edition) <= order_of(newest.edition):
        stays = "and what was confirmed stays as it is" if request.edition == newest.edition else "which is newer"
        return Fault(f"edition: {newest.edition} of {series.name} is confirmed, {stays}; give it a higher number")
    waiting = series.waiting
    if waiting is not None and (waiting.sha256, waiting.starts_on) == (request.sha256, request.starts_on):
        return Fault(f"{waiting.actor} asked for this very edition {waiting.edition}; another person confirms it")
    return None


def confirmation_fault(series: EditionSeries, confirmation: EditionConfirmed) -> Fault | None:
    """Return the reason why an edition cannot be confirmed in a series by its signer, or None."""
    waiting = series.waiting
    names = (confirmation.request_id, confirmation.edition, confirmation.sha256)
    if (
        waiting is None
        or _is_of_another(series, confirmation)
        or names != (series.request_id, waiting.edition, waiting.sha256)
    ):
        return Fault(
            f"this edition {confirmation.edition} of {series.name} does not wait (any more): it was confirmed, or "
            "another one was asked for in its place; look at it anew"
        )
    if waiting.actor == confirmation.actor:
        return Fault(f"{confirmation.actor} asked for it, so another person confirms it")
    if waiting.signature.key_id == confirmation.signature.key_id:
        return Fault("it was asked for with this very key, so another person confirms it with their own")
    return None


def _is_of_another(series: EditionSeries, event: EditionEvent) -> bool:
    return (event.edition_kind, event.name) != (series.kind, series.name)
