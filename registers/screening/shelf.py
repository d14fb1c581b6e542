"""Indexed lists in a file: encode once, and read one name at a time by a command that asks once and ends.

The file is a table of keys and values, each under the name of its shelf. Values are JSON, never code.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

from registers.history import Row
from registers.matching import Birth, ListedKind, ListedName, Manner, NameIndex, Quality, Rarity
from registers.matching.index import IndexEntry, NameShelf, NameShelves
from registers.matching.words.lexicon import Lexicon
from registers.matching.words.words import Word, WordRole, readings
from registers.screening.lists import Lists

Value = TypeVar("Value")
_Entity: TypeAlias = tuple[str, str]

_TABLE: Final = "CREATE TABLE kept (shelf TEXT, key, value, PRIMARY KEY (shelf, key)) WITHOUT ROWID"
_INSERT: Final = "INSERT INTO kept VALUES (?, ?, ?)"
_SELECT: Final = "SELECT value FROM kept WHERE shelf = ? AND key = ?"
_BETWEEN: Final = "\x1f"
_SHELVES: Final = ("persons", "rest")


class _Stored(Mapping[Any, Value], Generic[Value]):
    """A shelf of a file as a mapping: what was asked before is kept, and is the same object."""

    def __init__(self, file: sqlite3.Connection, shelf: str, decode: Callable[[Any], Value], count: int = 0) -> None:
        self._file, self._shelf, self._decode, self._count = file, shelf, decode, count
        self._values: dict[Any, Value] = {}

    def __getitem__(self, key: Any) -> Value:
        if key not in self._values:
            row = self._file.execute(_SELECT, (self._shelf, _BETWEEN.join(key) if isinstance(key, tuple) else key))
            if (content := row.fetchone()) is None:
                raise KeyError(key)
            self._values[key] = self._decode(content[0])
        return self._values[key]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return iter(range(self._count))


class _InOrder(Sequence[Value], Generic[Value]):
    """A shelf whose keys are places, as a sequence."""

    def __init__(self, content: _Stored[Value]) -> None:
        self._content = content

    def __getitem__(self, place: Any) -> Any:
        try:
            return self._content[place]
        except KeyError:
            raise IndexError(place) from None

    def __len__(self) -> int:
        return len(self._content)


def write(path: Path, lists: Lists) -> None:
    """Write indexed lists to a new file.

    Raises:
        sqlite3.Error: The disk is full, or something else is wrong with it.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute(_TABLE)
        file.execute("BEGIN")
        for shelf, content in sorted(_shelves(lists)):
            file.executemany(_INSERT, ((shelf, *item) for item in sorted(content)))
        file.execute("COMMIT")


def read(path: Path) -> Lists:
    """Return the indexed lists of a file, of which a name is read when it is needed."""
    file = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    facts = _Stored(file, "facts", json.loads)
    manner, counts = Manner(facts["manner"]), facts["counts"]
    rarity = Rarity(facts["names"], _Stored(file, "occurrences", int))
    persons, rest = (_shelf(file, facts[shelf], shelf, manner) for shelf in _SHELVES)
    shelves = NameShelves(manner, rarity, persons, rest, _Stored(file, "same", json.loads))
    return Lists(
        rows=_InOrder(_Stored(file, "rows", partial(_row, facts["versions"]), counts["rows"])),
        names=NameIndex((), manner, shelves),
        programmes=_Stored(file, "programmes", str),
        every_programme=_Stored(file, "every programme", lambda value: tuple(json.loads(value))),
        entities=_Stored(file, "entities", json.loads),
    )


def _shelves(lists: Lists) -> Iterator[tuple[str, Iterable[tuple[Any, Any]]]]:
    shelves, versions = lists.names.shelves, _versions(lists.rows)
    yield "rows", ((place, _of_row(row, versions)) for place, row in enumerate(lists.rows))
    yield "programmes", _by_entity(lists.programmes, str)
    yield "every programme", _by_entity(lists.every_programme, json.dumps)
    yield "entities", _by_entity(lists.entities, json.dumps)
    yield "occurrences", shelves.rarity.occurrences.items()
    yield "same", ((key, json.dumps(places)) for key, places in shelves.by_key.items())
    facts = {"manner": shelves.manner, "names": shelves.rarity.names, "versions": versions}
    facts["counts"] = {"rows": len(lists.rows)}
    for shelf, names in zip(_SHELVES, (shelves.persons, shelves.rest), strict=True):
        facts[shelf] = {"weights": list(names.weights), "initials": list(names.initials.items())}
        yield f"{shelf}.entries", ((place, _of_entry(entry)) for place, entry in enumerate(names.entries))
        yield f"{shelf}.places", ((text, json.dumps(places)) for text, places in names.places.items())
        yield f"{shelf}.words", ((text, json.dumps(word)) for text, word in names.lexicon.words.items())
        yield f"{shelf}.keys", names.lexicon.filed.items()
    yield "facts", ((key, json.dumps(value)) for key, value in facts.items())


def _by_entity(values: Mapping[_Entity, Any], encode: Callable[[Any], str]) -> Iterator[tuple[str, str]]:
    return ((_BETWEEN.join(entity), encode(value)) for entity, value in values.items())


def _shelf(file: sqlite3.Connection, facts: Any, shelf: str, manner: Manner) -> NameShelf:
    entries = _Stored(file, f"{shelf}.entries", partial(_entry, manner), len(facts["weights"]))
    return NameShelf(
        _InOrder(entries),
        facts["weights"],
        {place: tuple(letters) for place, letters in facts["initials"]},
        _Stored(file, f"{shelf}.places", json.loads),
        Lexicon(_Stored(file, f"{shelf}.words", _word), _Stored(file, f"{shelf}.keys", str)),
    )


def _versions(rows: Sequence[Row]) -> list[list[Any]]:
    """Return (register, version, digest, day) of each version among rows."""
    return [[*key[:3], key[3].isoformat()] for key in dict.fromkeys(map(_version, rows))]


def _version(row: Row) -> tuple[str, int, str, date]:
    return row["register"], row["version"], row["sha256"], row["source_date"]


def _of_row(row: Row, versions: list[list[Any]]) -> str:
    register, number, sha256, day = _version(row)
    place = versions.index([register, number, sha256, day.isoformat()])
    return json.dumps([place, *(row[field] for field in _ROW)])


_ROW: Final = ("kind", "key", "row", "file", "line", "listed_since")


def _row(versions: list[list[Any]], value: str) -> Row:
    place, *fields = json.loads(value)
    register, version, sha256, day = versions[place]
    of_version = {"register": register, "version": version, "sha256": sha256, "source_date": date.fromisoformat(day)}
    return of_version | dict(zip(_ROW, fields, strict=True))


def _of_entry(entry: IndexEntry) -> str:
    listing = entry.listed._replace(countries=sorted(entry.listed.countries))  # type: ignore[arg-type]
    return json.dumps([entry.number, *listing])


def _entry(manner: Manner, value: str) -> IndexEntry:
    number, reference, entity, name, kind, quality, countries, births = json.loads(value)
    listed_kind, born = ListedKind(kind), tuple(Birth(*birth) for birth in births)
    listing = ListedName(reference, entity, name, listed_kind, Quality(quality), frozenset(countries), born)
    return IndexEntry(listing, readings(name, listed_kind, manner)[number], number)


def _word(value: str) -> Word:
    word = Word(*json.loads(value))
    return word._replace(role=WordRole(word.role), formal=tuple(word.formal))
