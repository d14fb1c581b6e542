"""Screen the names of parties against the sanctions lists in force, and return the matches as evidence."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import date
from typing import Concatenate, Final, NamedTuple, ParamSpec, Protocol, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import asyncpg

from domain.parties import Party, PartyKind
from domain.screening.clearance import entry_of, pair_of
from domain.screening.matches import MatchKind, SanctionsMatch, ScreeningEvidence
from domain.screening.sources import RegisterVersion
from ledger import clock
from registers import Connection
from registers.history import NOW, RegisterAsOf, Row, all_rows, source_of, versions_in_force
from registers.matching import DEFAULT_THRESHOLD, NEWEST, Hit, ListedName, Manner, NameIndex, Subject, SubjectKind
from registers.matching.certainty import is_certain
from registers.sources.catalogue import LISTS, REGISTERS
from registers.sources.kinds import ListedRow

Params = ParamSpec("Params")
Result = TypeVar("Result")


class Lists(NamedTuple):
    """Sanctions lists with an index of their names, ready for screening."""

    rows: Sequence[Row]
    names: NameIndex
    programmes: Mapping[tuple[str, str], str]
    """The programme of each entity, as its last main row writes it, by register and entity."""
    every_programme: Mapping[tuple[str, str], tuple[str, ...]]
    """All programmes of all main rows of each entity, by register and entity."""
    entities: Mapping[tuple[str, str], Sequence[str]]
    """All rows of each entity as published, by register and entity."""


Key: TypeAlias = tuple[tuple[int, date, str], ...]
"""The key of indexed lists: the version, source date and SHA-256 of each."""

Work: TypeAlias = Callable[Concatenate[Lists, Params], Result]
"""Work on indexed lists. It is named by its module, so that another process finds it, and its answer travels."""


class Keeper(Protocol):
    """The keeper of the indexed lists, which does the work on them."""

    async def ask(
        self,
        connection: Connection,
        versions: tuple[RegisterVersion, ...],
        work: Work[Params, Result],
        *args: Params.args,
        **keywords: Params.kwargs,
    ) -> Result:
        """Return the answer of a piece of work on the lists of these versions."""
        ...


LISTS_KEPT: Final = 2


class Kept:
    """Indexed lists by their key. The oldest are let go first."""

    def __init__(self) -> None:
        self._lists: dict[Key, Lists] = {}

    def __getitem__(self, key: Key) -> Lists:
        return self._lists[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._lists

    def add(self, key: Key, rows: Sequence[Row]) -> None:
        """Index rows, and keep them."""
        self._lists[key] = indexed(rows)
        while len(self._lists) > LISTS_KEPT:
            self._lists.pop(next(iter(self._lists)))


class Here:
    """Keeps the lists in this process: for commands that ask once, and wherever nothing else waits."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._one_at_a_time: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def ask(
        self,
        connection: Connection,
        versions: tuple[RegisterVersion, ...],
        work: Work[Params, Result],
        *args: Params.args,
        **keywords: Params.kwargs,
    ) -> Result:
        """Return the answer of a piece of work, once the lists are indexed."""
        key = key_of(versions)
        async with self._one_at_a_time.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if key not in self._kept:
                rows = [
                    row for register_version in versions for row in await all_rows(connection, register_version.version)
                ]
                await asyncio.to_thread(self._kept.add, key, rows)
        return await asyncio.to_thread(work, self._kept[key], *args, **keywords)


_HERE: Final = Here()
_elsewhere: ContextVar[Keeper | None] = ContextVar("elsewhere", default=None)


def keep_in(elsewhere: Keeper) -> None:
    """Let somebody else keep the lists for whatever this task does and begins from now on."""
    _elsewhere.set(elsewhere)


def key_of(versions: tuple[RegisterVersion, ...]) -> Key:
    """Return the key of the lists of these versions: different lists have different keys."""
    return tuple(
        (register_version.version, register_version.source_date, register_version.sha256)
        for register_version in versions
    )


def keeper() -> Keeper:
    """Return the keeper of the indexed sanctions lists: what `keep_in` set for this asyncio task, or the process's."""
    return _elsewhere.get() or _HERE


async def screen(
    connection: Connection,
    parties: Sequence[Party],
    as_of: RegisterAsOf = NOW,
    threshold: float = DEFAULT_THRESHOLD,
    lists: Sequence[str] = LISTS,
) -> ScreeningEvidence:
    """Screen the parties under all their names against the lists in force, now or as of a past date.

    A listed name that scores `threshold` or more is a match. `lists`: the lists that are asked, if they are loaded.
    """
    # One snapshot: a version that comes into force meanwhile is not half of the lists.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        versions = await versions_in_force(connection, lists, as_of)
        return await keeper().ask(connection, versions, evidence_of, parties, versions, threshold)


def evidence_of(
    lists: Lists,
    parties: Sequence[Party],
    versions: tuple[RegisterVersion, ...],
    threshold: float = DEFAULT_THRESHOLD,
) -> ScreeningEvidence:
    """Return the evidence of screening parties against lists, which may be from the database or the archive."""
    subjects = dict.fromkeys(subject for party in parties for subject in subjects_of(party))
    met_by = [(party, encounter) for party in dict.fromkeys(parties) for encounter in met(party, lists, threshold)]
    party_matches = [(party, _match(party, *encounter, lists)) for party, encounter in met_by]
    surest = {_deduplication_key(*party_match): party_match[1] for party_match in sorted(party_matches, key=_by_surety)}
    return ScreeningEvidence(
        parties=tuple(dict.fromkeys(subject.name for subject in subjects)),
        asked=versions,
        asked_at=clock.now(),
        matches=tuple(sorted(surest.values(), key=lambda match: (-match.score, match.entity, match.listed_name))),
    )


def _by_surety(party_match: tuple[Party, SanctionsMatch]) -> tuple[float, bool, str]:
    return party_match[1].score, party_match[1].certain, party_match[1].pair


def _deduplication_key(party: Party, match: SanctionsMatch) -> tuple[object, ...]:
    """Return the key of matches that count as one: the party with its details, the list version and the entity."""
    party_details = party.model_dump(include={"country", "ein", "born", "also_known_as", "behind"})
    return (match.party, repr(party_details), match.source.register_version, match.entity)


async def warm_up(pool: asyncpg.Pool, lists: Sequence[str] = LISTS) -> bool:
    """Index the lists in force before the first screening, and return True.

    After an outage it returns False, and the first screening indexes them.
    """
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with pool.acquire() as connection:
            await keeper().ask(connection, await versions_in_force(connection, lists), _nothing)
        return True
    return False


def _nothing(_: Lists) -> None:
    """Ask nothing, but that the lists are there."""


def indexed(rows: Sequence[Row], manner: Manner = NEWEST) -> Lists:
    """Build `Lists` from rows and index their names. This takes a few seconds for whole lists."""
    listings: list[ListedName] = []
    programmes: dict[tuple[str, str], str] = {}
    every: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
    for register in dict.fromkeys(row["register"] for row in rows):
        definition = REGISTERS[register]
        listed_rows = [
            ListedRow(place, row["kind"], row["key"], definition.kind(row["kind"]).parse(row["row"]))
            for place, row in enumerate(rows)
            if row["register"] == register
        ]
        for main in listed_rows:
            if programme := definition.programme(main):
                entity = register, main.key
                programmes[entity] = programme
                every[entity] = tuple(dict.fromkeys((*every[entity], *definition.programmes(programme))))
        listings += definition.listed(listed_rows) if definition.listed else ()
    entities: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        entities[row["register"], row["key"]].append(row["row"])
    return Lists(tuple(rows), NameIndex(listings, manner), programmes, dict(every), entities)


def subjects_of(party: Party) -> list[Subject]:
    """Return a party under each of its names, as it is screened."""
    return [_subject(party, name) for name in (party.name, *party.also_known_as)]


def _subject(party: Party, name: str) -> Subject:
    return Subject(name, _kind_of(party), party.country, party.born)


def _kind_of(party: Party) -> SubjectKind:
    return SubjectKind.PERSON if party.kind is PartyKind.INDIVIDUAL else SubjectKind.ORGANISATION


def met(party: Party, lists: Lists, threshold: float) -> Iterator[tuple[str, Hit, Row]]:
    """Yield (name, best hit, row of the hit) for each of a party's names and each entity that the name matches."""
    for subject in subjects_of(party):
        best: dict[tuple[str, str], tuple[str, Hit, Row]] = {}
        for hit, row in hits_of(subject, lists, threshold):
            encounter = best.setdefault((row["register"], hit.listed.entity), (subject.name, hit, row))
            if _surety(subject, hit, lists) > _surety(subject, encounter[1], lists):
                best[row["register"], hit.listed.entity] = subject.name, hit, row
        yield from best.values()


def hits_of(subject: Subject, lists: Lists, threshold: float) -> Iterator[tuple[Hit, Row]]:
    """Yield each hit of a name with its row."""
    for hit in lists.names.find(subject, threshold):
        yield hit, lists.rows[hit.listed.reference]


def _surety(subject: Subject, hit: Hit, lists: Lists) -> tuple[float, bool]:
    """Return the certainty of a hit. Of several names of an entity, the one that a party bears as it stands counts."""
    return hit.score, hit.exact and is_certain(subject, hit.listed, lists.names.manner)


def _match(party: Party, name: str, hit: Hit, row: Row, lists: Lists) -> SanctionsMatch:
    entity = row["register"], hit.listed.entity
    return SanctionsMatch(
        party=name,
        listed_name=hit.listed.name,
        entity=hit.listed.entity,
        programme=lists.programmes.get(entity, "programme unknown"),
        programmes=lists.every_programme.get(entity, ()),
        kind=MatchKind.EXACT if hit.exact else MatchKind.NEAR,
        score=hit.score,
        source=source_of(row),
        explanation=hit.explanation,
        certain=not hit.exact or is_certain(_subject(party, name), hit.listed, lists.names.manner),
        pair=pair_of(party, *entity, lists.entities[entity]),
        entry=entry_of(lists.entities[entity]),
    )
