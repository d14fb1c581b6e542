"""Lists as they are indexed, without a database: whom a party meets, how surely, and whom a change of them touches."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import asyncpg
import pytest

from domain.parties import PartyKind
from domain.screening.matches import MatchKind, SanctionsMatch
from registers.matching import SubjectKind
from registers.screening.changes import ListNews, ScreenedName, _affected, newly_listed, news_since
from registers.screening.lists import (
    LISTS_KEPT,
    Here,
    Kept,
    Key,
    Lists,
    evidence_of,
    indexed,
    keep_in,
    key_of,
    subjects_of,
)
from tests.builders import party, version
from tests.registers.files import sdn_row

NOBODY = cast(asyncpg.Connection, None)
"""Where a database is not asked."""

Row = dict[str, Any]
SDN, UNITED_NATIONS = version("ofac-sdn"), version("un-consolidated")


def row(key: str, text: str, kind: str = "main", register: str = "ofac-sdn", line: int = 1) -> Row:
    """A row as a database gives it."""
    place = {"register": register, "version": 1, "sha256": SDN.sha256, "source_date": SDN.source_date}
    return {**place, "kind": kind, "key": key, "row": text, "file": "sample", "line": line, "listed_since": 1}


def main(number: int, name: str, kind: str = "-0- ") -> Row:
    return row(str(number), sdn_row(number, name).replace('",-0- ,"SAMPLE"', f'",{kind},"SAMPLE"'))


def alias(number: int, name: str) -> Row:
    return row(str(number), f'{number},1,"aka","{name}",-0- ', "names")


def met(lists: Lists, *names: str, kind: PartyKind = PartyKind.NONPROFIT) -> tuple[SanctionsMatch, ...]:
    parties = tuple(party(name, kind=kind, ein=None) for name in names)
    return evidence_of(lists, parties, (SDN, UNITED_NATIONS)).matches


def test_each_list_is_read_in_its_own_format() -> None:
    entry = "<ENTITY><DATAID>7</DATAID><FIRST_NAME>MARBLE QUAY</FIRST_NAME><UN_LIST_TYPE>Sample</UN_LIST_TYPE></ENTITY>"
    lists = indexed([main(1, "OBSIDIAN PIER"), row("7", entry, "entries", "un-consolidated")])
    found = met(lists, "Marble Quay", "Obsidian Pier")
    places = [(match.source.register_version.register_name, match.entity, match.programme) for match in found]
    assert sorted(places) == [("ofac-sdn", "1", "SAMPLE"), ("un-consolidated", "7", "Sample")]


def test_a_person_is_screened_as_one_and_a_body_as_a_body_under_each_of_its_names() -> None:
    person = party("Rosa Quiroga", kind=PartyKind.INDIVIDUAL, ein=None)
    assert [subject.kind for subject in subjects_of(person)] == [SubjectKind.PERSON]
    body = party(also_known_as=["Open Shelves"])
    assert [(subject.name, subject.kind) for subject in subjects_of(body)] == [
        (body.name, SubjectKind.ORGANISATION),
        ("Open Shelves", SubjectKind.ORGANISATION),
    ]


def test_a_body_that_bears_a_name_is_the_listed_one_and_a_person_may_be_another() -> None:
    lists = indexed([main(1, "ZORVANIA TRADE BUREAU"), main(2, "QUENNAMOR, Rosalind", '"individual"')])
    (body,), (near,) = met(lists, "Zorvania Trade Bureau"), met(lists, "Zarvania Trade Bureau")
    (person,) = met(lists, "Rosalind Quennamor", kind=PartyKind.INDIVIDUAL)
    assert (body.kind, body.certain) == (MatchKind.EXACT, True)
    assert (near.kind, near.certain) == (MatchKind.NEAR, True)
    assert (person.kind, person.certain) == (MatchKind.EXACT, False)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param("TRADE BUREAU ZORVANIA", "ZORVANIA TRADE BUREAU", "ZORVANIA TRADE BUREAU", id="as it stands"),
        pytest.param("ZORVANIA TRADE BUREAU", "Zorvania Trade Bureau", "ZORVANIA TRADE BUREAU", id="the first of two"),
    ],
)
def test_of_an_entrys_names_the_one_that_a_party_bears_as_it_stands_is_told(first: str, second: str, told: str) -> None:
    (match,) = met(indexed([main(1, first), alias(1, second)]), "Zorvania Trade Bureau")
    assert (match.listed_name, match.certain) == (told, True)


def key(number: int) -> Key:
    return key_of((SDN.model_copy(update={"version": number}),))


def test_the_newest_lists_are_kept_and_the_oldest_are_let_go() -> None:
    kept = Kept()
    for number in range(LISTS_KEPT + 1):
        kept.add(key(number), [main(number, "OBSIDIAN PIER")])
    assert LISTS_KEPT == 2
    assert [key(number) in kept for number in range(LISTS_KEPT + 1)] == [False, True, True]
    assert kept[key(2)].rows[0]["key"] == "2"


# Whom a change touches

LISTED = [main(1, "OBSIDIAN PIER SHIPPING"), main(2, "MARBLE QUAY TRADING"), main(3, "GRANITE WHARF HOLDING")]


def touched(lists: Lists, entity: str, name: str, *, seen: int = 3, changed: int = 5) -> bool:
    """Whether an entry that changed in a version touches whoever was screened against an earlier one, or the same."""
    (subject,) = subjects_of(party(name, ein=None))
    screened = ScreenedName("P-2026-0042", subject, {"ofac-sdn": seen})
    return _affected(lists, {("ofac-sdn", entity): changed}, [screened], 85.0) == {"P-2026-0042"}


async def test_lists_that_are_kept_answer_for_whoever_was_screened_before_they_changed() -> None:
    """Given lists of which an entry changed in version 5, then the database is not asked for them again."""
    here, news = Here(), ListNews((SDN,), {("ofac-sdn", "2"): 5})
    here._kept.add(key_of(news.lists), LISTED)
    (subject,) = subjects_of(party("Marble Quay Trading", ein=None))
    before, after = (ScreenedName(f"P-2026-000{seen}", subject, {"ofac-sdn": seen}) for seen in (4, 5))

    async def asked(*names: ScreenedName) -> set[str]:
        keep_in(here)
        return await newly_listed(NOBODY, news, names, 85.0)

    assert await asyncio.create_task(asked(before, after)) == {"P-2026-0004"}
    assert await asyncio.create_task(asked(after)) == set()


async def test_registers_that_are_no_lists_have_no_news_of_names() -> None:
    assert await news_since(NOBODY, (version("irs-bmf"),), {}) == ListNews((), {})


def test_whoever_is_named_like_an_entry_that_changed_since_is_touched() -> None:
    lists = indexed(LISTED)
    assert touched(lists, "2", "Marble Quay Trading")
    assert touched(lists, "2", "Marbel Quay Trading")


def test_nobody_is_touched_by_an_entry_of_before_or_of_another_name() -> None:
    lists = indexed(LISTED)
    assert not touched(lists, "2", "Marble Quay Trading", seen=5)
    assert not touched(lists, "1", "Marble Quay Trading")
    assert not touched(lists, "2", "Riverbend Library Network")


def test_what_was_found_of_other_lists_or_other_entries_is_not_taken_for_these() -> None:
    """Given an answer that is kept, when something else is asked, then it is found anew."""
    lists, renamed = indexed(LISTED), indexed([main(2, "OBSIDIAN PIER SHIPPING"), *LISTED[2:]])
    assert touched(lists, "2", "Marble Quay Trading")
    assert touched(lists, "1", "Obsidian Pier Shipping")
    assert not touched(lists, "2", "Obsidian Pier Shipping")
    assert touched(renamed, "2", "Obsidian Pier Shipping")
    assert not touched(renamed, "2", "Marble Quay Trading")
