"""A new list of sanctions: a module and a line, and it is loaded, guarded and screened against."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newcomer.copies import Place, ask, copy_of_the_tree, do

PLACES = (
    Place(
        "registers/sources/harbour.py",
        "",
        '''"""An invented list, in lines of number, name and programme, separated by bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from registers.matching import ListedKind, ListedName, Quality
from registers.sources.kinds import Fields, FileKind, ListedRow, Register, piped


def _parse(line: str) -> Fields:
    return piped(line, 3)


def _listed(rows: Iterable[ListedRow]) -> Iterator[ListedName]:
    for row in rows:
        yield ListedName(row.reference, row.key, row.fields[1], ListedKind.ENTITY, Quality.PRIMARY, frozenset(), ())


LIST: Final = Register(
    "harbour",
    "Harbour list",
    (FileKind("entries", "Entries", _parse, 1),),
    ("https://harbour.example/list.txt",),
    _listed,
    lambda row: row.fields[2],
)
REGISTERS: Final = (LIST,)
''',
    ),
    Place("registers/sources/catalogue.py", '    "irs",\n', '    "harbour",\n'),
)
SCREENED = Place(
    "tests/registers/test_harbour.py",
    "",
    """from pathlib import Path

import asyncpg

from registers.screening.lists import screen
from tests.builders import party
from tests.registers.files import load_small


async def test_a_name_of_the_list_is_met(connection: asyncpg.Connection, tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("1|Obsidian Pier Holdings|HARBOUR\\n")
    assert (await load_small(connection, "harbour", path)).loaded
    (match,) = (await screen(connection, (party("Obsidian Pier Holdings"),))).matches
    assert (match.source.register_version.register_name, match.programme) == ("harbour", "HARBOUR")
""",
)


def test_its_places_are_there(tmp_path: Path) -> None:
    assert (len(PLACES), len({place.path for place in PLACES})) == (2, 2)
    do(copy_of_the_tree(tmp_path / "accord"), (*PLACES, SCREENED))


@pytest.mark.slow
def test_a_new_list_is_a_module_and_a_line(tmp_path: Path) -> None:
    copy = copy_of_the_tree(tmp_path / "accord")
    do(copy, (*PLACES, SCREENED))
    ask(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", SCREENED.path)
    assert "harbour" in ask(copy, "-c", "from registers.sources.catalogue import LISTS; print(LISTS)")
