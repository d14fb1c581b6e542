"""Find partnerships affected by register changes: to a key that evidence was looked up by, or to a listed name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.parties import Party
from domain.screening.evidence import RegisterVersion
from registers import Connection
from registers.history import Row, news_of, rows_of_keys
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


async def newly_listed(
    connection: Connection,
    in_force: Sequence[RegisterVersion],
    subjects: Sequence[tuple[str, Party, dict[str, int]]],
    near_from: float,
) -> set[str]:
    """Return the partnerships with a party that matches a list entry that changed since the party was screened.

    `subjects` are (partnership, party, {list: version that the party was screened against}), and `near_from` is the
    score from which names match. A name is compared with the whole lists only if it is near a changed entry.
    """
    lists = tuple(version for version in in_force if version.register_name in LISTS)
    since = {
        version.register_name: min((v.get(version.register_name, 0) for *_, v in subjects), default=0)
        for version in lists
    }
    newest: dict[tuple[str, str], int] = {}
    rows = []
    for register_version in lists:
        news = await news_of(connection, register_version.version, since[register_version.register_name])
        newest |= {(register_version.register_name, key): version for key, version in news.items()}
        rows += await rows_of_keys(connection, register_version.version, news)
    if not rows:
        return set()
    changed_rows = [dict(row) for row in rows]
    return await keeper().ask(connection, lists, _affected, changed_rows, newest, tuple(subjects), near_from)


def _affected(
    whole: Lists,
    changed_rows: Sequence[Row],
    newest: dict[tuple[str, str], int],
    subjects: Sequence[tuple[str, Party, dict[str, int]]],
    near_from: float,
) -> set[str]:
    """Return the ids of those with a party that matches an entry which changed since they were screened."""
    near = _near(indexed(changed_rows), subjects, near_from - _COARSE)
    return {
        partnership_id for partnership_id, party, versions in near if _is_new(whole, newest, party, versions, near_from)
    }


def _near(
    coarse: Lists, subjects: Sequence[tuple[str, Party, dict[str, int]]], threshold: float
) -> list[tuple[str, Party, dict[str, int]]]:
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
