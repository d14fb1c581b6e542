"""Screen the names of parties against the sanctions lists in force, and return the matches as evidence."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import asyncpg

from domain.parties import Party, PartyKind
from domain.screening.clearance import entry_of, pair_of
from domain.screening.evidence import MatchKind, RegisterVersion, SanctionsMatch, ScreeningEvidence
from ledger import clock
from registers import Connection
from registers.history import NOW, RegisterAsOf, Row, all_rows, source_of, versions_in_force
from registers.matching import DEFAULT_THRESHOLD, Hit, Listed, NameIndex, Subject, SubjectKind
from registers.matching.certainty import is_certain
from registers.sources.catalogue import LISTS, REGISTERS
from registers.sources.kinds import ListedRow


class Lists(NamedTuple):
    """Sanctions lists with an index of their names, ready for screening."""

    rows: tuple[Row, ...]
    names: NameIndex
    programmes: dict[tuple[str, str], str]
    """The programme of each entity, by register and entity."""
    entities: dict[tuple[str, str], list[str]]
    """All rows of each entity as published, by register and entity."""


_LISTS_KEPT: Final = 2
_kept: Final[dict[tuple[tuple[int, date, str], ...], Lists]] = {}
"""A cache of indexed lists, by the version, source date and SHA-256 of each; the oldest are removed first."""
_one_at_a_time: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = WeakKeyDictionary()
"""A lock per event loop: after a switch to a new version one task indexes the lists, and the others wait for it."""


async def screen(
    connection: Connection, parties: Sequence[Party], as_of: RegisterAsOf = NOW, threshold: float = DEFAULT_THRESHOLD
) -> ScreeningEvidence:
    """Screen the parties under all their names against the lists in force, now or as of a past date.

    A listed name that scores `threshold` or more is a match.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        asked = await versions_in_force(connection, LISTS, as_of)
        lists = await lists_of(connection, asked)
    return evidence_of(parties, asked, lists, threshold)


def evidence_of(
    parties: Sequence[Party], asked: tuple[RegisterVersion, ...], lists: Lists, threshold: float = DEFAULT_THRESHOLD
) -> ScreeningEvidence:
    """Return the evidence of screening parties against lists, which may be from the database or the archive."""
    subjects = dict.fromkeys(subject for party in parties for subject in _subjects(party))
    met_by = [(party, one) for party in dict.fromkeys(parties) for one in met(party, lists, threshold)]
    found = [(party, _match(party, *one, lists)) for party, one in met_by]
    surest = {_deduplication_key(*one): one[1] for one in sorted(found, key=lambda one: (one[1].score, one[1].pair))}
    return ScreeningEvidence(
        parties=tuple(dict.fromkeys(subject.name for subject in subjects)),
        asked=asked,
        asked_at=clock.now(),
        matches=tuple(sorted(surest.values(), key=lambda match: (-match.score, match.entity, match.listed_name))),
    )


def _deduplication_key(party: Party, match: SanctionsMatch) -> tuple[object, ...]:
    """Return the key of matches that count as one: the party with its details, the list version and the entity."""
    who = party.model_dump(include={"country", "ein", "born", "also_known_as", "behind"})
    return (match.party, repr(who), match.source.register_version, match.entity)


async def warm_up(pool: asyncpg.Pool) -> bool:
    """Index the lists in force before the first screening, and return whether they are; else the screening does it."""
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with pool.acquire() as connection:
            await lists_of(connection, await versions_in_force(connection, LISTS))
        return True
    return False


def indexed(rows: Sequence[Row]) -> Lists:
    """Build `Lists` from rows and index their names. This takes a second or two for whole lists."""
    listed: list[Listed] = []
    programmes: dict[tuple[str, str], str] = {}
    for register in dict.fromkeys(row["register"] for row in rows):
        known = REGISTERS[register]
        parsed = [
            ListedRow(place, row["kind"], row["key"], known.kind(row["kind"]).parse(row["row"]))
            for place, row in enumerate(rows)
            if row["register"] == register
        ]
        programmes |= {(register, row.key): told for row in parsed if (told := known.programme(row))}
        listed += known.listed(parsed) if known.listed else ()
    entities: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        entities[row["register"], row["key"]].append(row["row"])
    return Lists(tuple(rows), NameIndex(listed), programmes, entities)


async def lists_of(connection: Connection, asked: tuple[RegisterVersion, ...]) -> Lists:
    """Return the indexed lists of these versions, from the cache if it has them."""
    async with _one_at_a_time.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        versions = tuple((one.version, one.source_date, one.sha256) for one in asked)
        if versions not in _kept:
            rows = [row for version, *_ in versions for row in await all_rows(connection, version)]
            while len(_kept) >= _LISTS_KEPT:
                _kept.pop(next(iter(_kept)))
            _kept[versions] = await asyncio.to_thread(indexed, rows)
        return _kept[versions]


def _subjects(party: Party) -> list[Subject]:
    return [Subject(name, _kind_of(party), party.country, party.born) for name in (party.name, *party.also_known_as)]


def _kind_of(party: Party) -> SubjectKind:
    return SubjectKind.PERSON if party.kind is PartyKind.INDIVIDUAL else SubjectKind.ORGANISATION


def met(party: Party, lists: Lists, threshold: float) -> Iterator[tuple[str, Hit, Row]]:
    """Yield (name, best hit, row of the hit) for each of a party's names and each entity that the name matches."""
    for subject in _subjects(party):
        best: dict[tuple[str, str], tuple[str, Hit, Row]] = {}
        for hit in lists.names.find(subject, threshold):
            row = lists.rows[hit.listed.reference]
            best.setdefault((row["register"], hit.listed.entity), (subject.name, hit, row))
        yield from best.values()


def _match(party: Party, name: str, hit: Hit, row: Row, lists: Lists) -> SanctionsMatch:
    entity = row["register"], hit.listed.entity
    return SanctionsMatch(
        party=name,
        listed_name=hit.listed.name,
        entity=hit.listed.entity,
        programme=lists.programmes.get(entity, "programme unknown"),
        kind=MatchKind.EXACT if hit.exact else MatchKind.NEAR,
        score=hit.score,
        source=source_of(row),
        explanation=hit.explanation,
        certain=not hit.exact or is_certain(Subject(name, _kind_of(party), party.country, party.born), hit.listed),
        pair=pair_of(party, *entity, lists.entities[entity]),
        entry=entry_of(lists.entities[entity]),
    )
