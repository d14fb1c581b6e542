"""Find partnerships affected by register changes: to a key that evidence was looked up by, or to a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from domain.screening.sources import RegisterVersion
from registers import Connection
from registers.history import news_of
from registers.matching import Subject
from registers.screening.lists import Lists, hits_of, indexed, keeper
from registers.sources.catalogue import LISTS

_SINCE: Final = """
  JOIN registers.versions o ON o.version = r.version AND o.register = a.register
  LEFT JOIN registers.ended e ON e.version = r.version AND e.file = r.file AND e.line = r.line
 WHERE o.state IN ('SUPERSEDED', 'IN_FORCE')
   AND (r.version > a.asked AND e.ended_in IS NULL OR r.version <= a.asked AND e.ended_in > a.asked)
"""
"""Of rows `r`: those that came or ended since the version `asked` of a register."""

_CHANGED: Final = f"""
SELECT DISTINCT a.who
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) a(who, register, key, asked)
  JOIN registers.rows r ON r.key = a.key {_SINCE}
"""  # noqa: S608
_BORNE: Final = f"""
SELECT DISTINCT a.place
  FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::int[]) a(place, register, key, asked, name_key)
  JOIN registers.rows r
    ON (r.name_key = a.name_key OR r.second_key > 0 AND r.second_key = a.name_key) AND r.key <> a.key {_SINCE}
"""  # noqa: S608
_COARSE: Final = 15.0
"""Points by which a name may score less against the changed entries alone, where words differ in rarity."""

_MOST_REMEMBERED: Final = 100_000
"""The most names whose nearness to what changed is kept, until something else changes."""


class AskedKeys(NamedTuple):
    """A key that a partnership's evidence was looked up by, and the register version searched, or 0 for none."""

    who: str
    register: str
    key: str
    version: int


async def changed_keys(
    connection: Connection, in_force: Sequence[RegisterVersion], asked_keys: Sequence[AskedKeys]
) -> set[str]:
    """Return the partnerships (`who`) with a key whose rows changed since the version in which it was looked up."""
    newest = {version.register_name: version.version for version in in_force}
    behind = [keys for keys in asked_keys if keys.version < newest.get(keys.register, 0)]
    columns = [[keys[place] for keys in behind] for place in range(4)]
    return {row["who"] for row in await connection.fetch(_CHANGED, *columns, timeout=60)} if behind else set()


class AskedName(NamedTuple):
    """The key of a name that was looked for among the bodies of a register, and the version searched, or 0 for none."""

    place: int
    """The place of the body whose name it is, in the caller's own order."""
    register: str
    key: str
    """The body's own number, which is not looked for."""
    version: int
    name_key: int


async def changed_names(
    connection: Connection, in_force: Sequence[RegisterVersion], asked_names: Sequence[AskedName]
) -> set[int]:
    """Return the places of the bodies of whose name a row of another number came or ended since it was looked for.

    That row may say the same as before, or be of another name: names with one key are compared in full.
    """
    newest = {version.register_name: version.version for version in in_force}
    behind = [name for name in asked_names if name.version < newest.get(name.register, 0)]
    columns = [[name[column] for name in behind] for column in range(5)]
    return {row["place"] for row in await connection.fetch(_BORNE, *columns, timeout=60)} if behind else set()


class ListNews(NamedTuple):
    """The changes of the sanctions lists in force since some versions of them."""

    lists: tuple[RegisterVersion, ...]
    newest: dict[tuple[str, str], int]
    """The version of the last change of each entry that changed, by register and entity."""

    @property
    def last(self) -> dict[str, int]:
        """The version of the last change of each list that changed."""
        versions: dict[str, int] = {}
        for (register, _), version in self.newest.items():
            versions[register] = max(version, versions.get(register, 0))
        return versions


class ScreenedName(NamedTuple):
    """A name that a partnership names, and the versions of the lists that it was screened against, by their names."""

    who: str
    subject: Subject
    versions: dict[str, int]


async def news_since(connection: Connection, in_force: Sequence[RegisterVersion], since: Mapping[str, int]) -> ListNews:
    """Return the entries of the lists that changed after the versions in `since`, by their lists' names."""
    lists = tuple(version for version in in_force if version.register_name in LISTS)
    newest: dict[tuple[str, str], int] = {}
    for version in lists:
        name = version.register_name
        news = await news_of(connection, version.version, since.get(name, 0))
        newest |= {(name, key): last_version for key, last_version in news.items()}
    return ListNews(lists, newest)


async def newly_listed(
    connection: Connection, news: ListNews, names: Iterable[ScreenedName], near_from: float
) -> set[str]:
    """Return the partnerships with a name that matches a list entry that changed since the name was screened.

    `near_from` is the score from which names match. A name is compared with the whole lists only if it is near a
    changed entry, and not at all if no list changed since.
    """
    last = news.last.items()
    subjects = tuple(name for name in names if any(at > name.versions.get(register, 0) for register, at in last))
    if not subjects:
        return set()
    return await keeper().ask(connection, news.lists, _affected, news.newest, subjects, near_from)


def _affected(
    whole: Lists, newest: dict[tuple[str, str], int], subjects: Sequence[ScreenedName], near_from: float
) -> set[str]:
    """Return the ids of those with a party that matches an entry which changed since they were screened."""
    changes = _changed_of(whole, newest, near_from - _COARSE)
    return {name.who for name in subjects if changes.is_near(name.subject) and _is_new(whole, newest, name, near_from)}


class _Changed:
    """The changed entries of lists, and which names were found near one of them."""

    def __init__(self, whole: Lists, entities: frozenset[tuple[str, str]], threshold: float) -> None:
        self.basis = whole, entities, threshold
        rows = [row for row in whole.rows if (row["register"], row["key"]) in entities]
        self._coarse = indexed(rows) if len(rows) < len(whole.rows) else whole
        self._nearness: dict[Subject, bool] = {}

    def is_near(self, subject: Subject) -> bool:
        """True if a name is near a changed entry."""
        nearness = self._nearness.get(subject)
        if nearness is None:
            nearness = any(True for _ in hits_of(subject, self._coarse, self.basis[2]))
            if len(self._nearness) < _MOST_REMEMBERED:
                self._nearness[subject] = nearness
        return nearness


_latest: Final[list[_Changed]] = []
"""The changes that were asked about last: page after page, and run after run, asks about the same."""


def _changed_of(whole: Lists, newest: dict[tuple[str, str], int], threshold: float) -> _Changed:
    entities = frozenset(newest)
    for changes in _latest:
        if changes.basis[0] is whole and changes.basis[1:] == (entities, threshold):
            return changes
    _latest[:] = [_Changed(whole, entities, threshold)]
    return _latest[0]


def _is_new(whole: Lists, newest: dict[tuple[str, str], int], name: ScreenedName, near_from: float) -> bool:
    """True if a name matches an entry that changed since it was screened."""
    entities = ((row["register"], row["key"]) for _, row in hits_of(name.subject, whole, near_from))
    return any(newest.get(entity, 0) > name.versions.get(entity[0], 0) for entity in entities)
