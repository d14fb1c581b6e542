"""Find partnerships affected by register changes: to a key that evidence was looked up by, or to a listed name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from domain.parties import Party
from domain.screening.evidence import RegisterVersion
from registers import Connection
from registers.history import news_of
from registers.screening.lists import Lists, indexed, keeper, met
from registers.sources.catalogue import LISTS

_CHANGED: Final = """
SELECT DISTINCT a.who
  FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) a(who, register, key, asked)
  JOIN registers.rows r ON r.key = a.key
  JOIN registers.versions o ON o.version = r.version AND o.register = a.register
  LEFT JOIN registers.ended e ON e.version = r.version AND e.file = r.file AND e.line = r.line
 WHERE o.state IN ('SUPERSEDED', 'IN_FORCE')
   AND (r.version > a.asked AND e.ended_in IS NULL OR r.version <= a.asked AND e.ended_in > a.asked)
"""
_COARSE: Final = 15.0
"""Points by which a name may score less against the changed entries alone, where words differ in rarity."""


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


class ListNews(NamedTuple):
    """The changes of the sanctions lists in force since some versions of them."""

    lists: tuple[RegisterVersion, ...]
    newest: dict[tuple[str, str], int]
    """The version of the last change of each entry that changed, by register and entity."""


Subjects = Sequence[tuple[str, Party, dict[str, int]]]
"""(partnership, party, {list: version that the party was screened against})."""


async def news_since(connection: Connection, in_force: Sequence[RegisterVersion], since: Mapping[str, int]) -> ListNews:
    """Return the entries of the lists that changed after the versions in `since`, by their lists' names."""
    lists = tuple(version for version in in_force if version.register_name in LISTS)
    newest: dict[tuple[str, str], int] = {}
    for version in lists:
        name = version.register_name
        news = await news_of(connection, version.version, since.get(name, 0))
        newest |= {(name, key): last_version for key, last_version in news.items()}
    return ListNews(lists, newest)


async def newly_listed(connection: Connection, news: ListNews, subjects: Subjects, near_from: float) -> set[str]:
    """Return the partnerships with a party that matches a list entry that changed since the party was screened.

    `near_from` is the score from which names match. A name is compared with the whole lists only if it is near a
    changed entry.
    """
    if not news.newest or not subjects:
        return set()
    return await keeper().ask(connection, news.lists, _affected, news.newest, tuple(subjects), near_from)


def _affected(whole: Lists, newest: dict[tuple[str, str], int], subjects: Subjects, near_from: float) -> set[str]:
    """Return the ids of those with a party that matches an entry which changed since they were screened."""
    near = _near(_changed_of(whole, newest), subjects, near_from - _COARSE)
    return {
        partnership_id for partnership_id, party, versions in near if _is_new(whole, newest, party, versions, near_from)
    }


_latest: Final[list[tuple[Lists, frozenset[tuple[str, str]], Lists]]] = []
"""The lists, the entries that changed in them, and these indexed, of who asked last."""


def _changed_of(whole: Lists, newest: dict[tuple[str, str], int]) -> Lists:
    """Return the changed entries, indexed. One page of subjects after the other asks for the same."""
    entities = frozenset(newest)
    for lists, known_entities, changed in _latest:
        if lists is whole and known_entities == entities:
            return changed
    rows = [row for row in whole.rows if (row["register"], row["key"]) in entities]
    changed = indexed(rows) if len(rows) < len(whole.rows) else whole
    _latest[:] = [(whole, entities, changed)]
    return changed


def _near(coarse: Lists, subjects: Subjects, threshold: float) -> list[tuple[str, Party, dict[str, int]]]:
    nearness: dict[Party, bool] = {}
    for _, party, _ in subjects:
        if party not in nearness:
            nearness[party] = any(True for _ in met(party, coarse, threshold))
    return [subject for subject in subjects if nearness[subject[1]]]


def _is_new(
    whole: Lists, newest: dict[tuple[str, str], int], party: Party, versions: dict[str, int], near_from: float
) -> bool:
    """True if a party matches an entry that changed since the party was screened."""
    entities = ((row["register"], row["key"]) for _, _, row in met(party, whole, near_from))
    return any(newest.get(entity, 0) > versions.get(entity[0], 0) for entity in entities)
