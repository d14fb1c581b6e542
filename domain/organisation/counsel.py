"""Confirmations of the rule book's sources by the funder's counsel: signed acts, each on one source of one rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal

from pydantic import StringConstraints

from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.policy.sources import LegalSource
from domain.values import OneLine, Printable, Sentence

COUNSEL: Final = frozenset({Role.COUNSEL})


class SourceConfirmed(CounterAct):
    """Counsel read a source and confirmed that a rule states it, or found that it does not (any more)."""

    act: ClassVar[str] = "confirm_source"
    roles: ClassVar[frozenset[Role]] = COUNSEL
    event_type: Literal["SourceConfirmed"] = "SourceConfirmed"
    rule_id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{3,40}$")]
    citation: Annotated[str, StringConstraints(min_length=3, max_length=300), Printable, OneLine]
    edition: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[.][0-9]{1,3}$")]
    """The edition of the rule book that they read."""
    stands: bool
    note: Sentence


Confirmations = dict[LegalSource, SourceConfirmed]
"""By source: counsel's newest word, which confirms it."""


def confirmations_of(events: Iterable[SourceConfirmed]) -> Confirmations:
    """Return the sources that are confirmed: those of which counsel's newest word is that they stand."""
    newest = {LegalSource(event.rule_id, event.citation): event for event in events}
    return {source: event for source, event in newest.items() if event.stands}
