"""Draw truths from facts that a person gave in a command and the rules refused (rules 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.identity import derive
from domain.parties import Party, PartyKind
from domain.screening.truths import TruthKind
from domain.truths.events import TruthDrawn
from domain.truths.touching import numbers_of
from domain.values import Moment, PartnershipId, Value
from domain.words import Words


class Fact(Value):
    """A fact that a person gave, and the party that it is about."""

    kind: TruthKind
    what: str
    since: date
    """The day since which it is known."""
    party: Party


def truths_from(
    facts: Iterable[Fact],
    *,
    partnership_id: PartnershipId,
    teller: str,
    source: str,
    at: Moment,
    rules: tuple[str, ...] = (),
) -> tuple[TruthDrawn, ...]:
    """Return the truths that facts make. The same facts make the same truths, so that none is recorded twice.

    `source`: from where they are known, such as the words of the command that gave them. `rules`: those that refused.
    """
    return tuple(
        TruthDrawn(
            at=at,
            teller=teller,
            truth_kind=fact.kind,
            since=fact.since,
            partnership_id=partnership_id,
            rules=rules,
            words=words_about(fact.party, _id(fact, partnership_id, teller), fact.what, source),
        )
        for fact in facts
    )


def words_about(party: Party, truth: UUID, text: str, source: str) -> Words:
    """Return the words of a truth about a party, with every name and number by which it is known."""
    content = {"of": truth, "what": text, "source": source, "numbers": numbers_of(party), "ein": party.ein or ""}
    if party.kind is PartyKind.INDIVIDUAL:
        return Words(person=party.name, names=party.also_known_as, **content)
    return Words(names=(party.name, *party.also_known_as), **content)


def _id(fact: Fact, partnership_id: str, teller: str) -> UUID:
    content = (fact.kind.value, fact.what, fact.since.isoformat(), fact.party.name, fact.party.ein or "")
    return derive("truth drawn", partnership_id, teller, *content)
