"""Workbooks that are made to harm: each is read by a child that can do nothing else, and refused in a sentence."""

from __future__ import annotations

import asyncio
import io
import os
import time
import zipfile
from collections.abc import AsyncIterator

import asyncpg
import pytest
from openpyxl import load_workbook

from accord.grantee.workbooks import opening
from papers.examination.children import NoAnswer
from tests.accord.grantee.conftest import ORIGIN, Come, Grantee
from tests.accord.grantee.test_filling import plan
from tests.accord.grantee.workbooks.filling import brought, fetched, fetched_bytes, repacked, saved

LARGE = "That file is larger than any form"
BROKEN = "That is no workbook that can be read"
MACRO = "There is a program or another file in it"


@pytest.fixture
async def ida(come: Come, pool: asyncpg.Pool) -> AsyncIterator[Grantee]:
    """Ida's browser, taken over: nothing that it brings in this file is saved, and the door goes on."""
    grantee = await come()
    await plan(pool)
    yield grantee
    assert await pool.fetchval("SELECT count(*) FROM grantee.fields") == 0
    assert (await grantee.get("")).status_code == 200


def kept(_: str, content: bytes) -> bytes:
    return content


async def refused(grantee: Grantee, content: bytes) -> str:
    page = await brought(grantee, content)
    assert page.status_code == 422
    return page.text


async def test_what_is_no_workbook_is_refused(ida: Grantee) -> None:
    whole = await fetched_bytes(ida)
    old_or_locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
    for content in (old_or_locked, b"line;spent\n1;600\n", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", whole[: len(whole) // 2]):
        assert BROKEN in await refused(ida, content)
    assert "Choose a file first" in await refused(ida, b"")


@pytest.mark.slow
async def test_macros_files_inside_and_links_to_other_files_are_refused(ida: Grantee) -> None:
    """Given a workbook that acts, or draws on another file, then it is refused before a cell of it is read."""
    whole = await fetched_bytes(ida)
    for part in ("xl/vbaProject.bin", "xl/embeddings/oleObject1.bin", "xl/activeX/activeX1.bin"):
        assert MACRO in await refused(ida, repacked(whole, kept, part))
    typed = repacked(whole, lambda _, content: content.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"))
    assert MACRO in await refused(ida, typed)
    assert MACRO in await refused(ida, repacked(whole, kept, "xl/externalLinks/externalLink1.xml", b"<ddeLink/>"))
    assert "It draws on another file" in await refused(ida, repacked(whole, kept, "xl/externalLinks/externalLink1.xml"))


@pytest.mark.slow
async def test_bombs_are_not_unpacked(ida: Grantee) -> None:
    """Given 200 MB in 200 KB, a directory that lies, or entities of entities, then it takes no memory, and no time."""
    whole, started = await fetched_bytes(ida), time.monotonic()
    bomb = repacked(whole, lambda part, old: old + b" " * 200_000_000 if "sheet1" in part else old)
    assert len(bomb) < 300_000
    assert LARGE in await refused(ida, bomb)
    swollen = repacked(whole, lambda part, old: old + b" " * 3_000_000 if "sheet1" in part else old)
    with zipfile.ZipFile(io.BytesIO(swollen)) as archive:
        size = next(entry.file_size for entry in archive.infolist() if "sheet1" in entry.filename)
    lying = swollen.replace(size.to_bytes(4, "little"), (2_000).to_bytes(4, "little"))
    assert BROKEN in await refused(ida, lying)
    entities = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    laughing = repacked(whole, lambda part, old: old.replace(b"<worksheet", entities, 1) if "sheet1" in part else old)
    assert BROKEN in await refused(ida, laughing)
    outside = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet'
    asking = repacked(whole, lambda part, old: old.replace(b"<worksheet", outside, 1) if "sheet1" in part else old)
    assert BROKEN in await refused(ida, asking)
    assert time.monotonic() - started < 60


@pytest.mark.slow
async def test_a_million_rows_cells_or_sheets_are_not_walked(ida: Grantee) -> None:
    book = await fetched(ida)
    book.worksheets[0]["A1048576"] = "the end"
    assert LARGE in await refused(ida, saved(book))
    book = await fetched(ida)
    for row in range(1, 1_000):
        for column in range(1, 30):
            book["Accord"].cell(row + 400, column, "x")
    assert LARGE in await refused(ida, saved(book))
    book = await fetched(ida)
    for number in range(70):
        book.create_sheet(f"More {number}")
    assert LARGE in await refused(ida, saved(book))
    book = await fetched(ida)
    for row in range(2_100, 2_400):
        book.worksheets[0].merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
    assert LARGE in await refused(ida, saved(book))


async def test_a_file_of_more_than_10_mb_is_cut_off_while_it_comes(ida: Grantee) -> None:
    taken = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="r.xlsx"\r\n\r\n'
        for _ in range(400):
            taken += 1
            yield os.urandom(65_536)

    headers = {
        "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=b",
    }  # fmt: skip
    page = await ida.asking.post(f"{ida.home}/workbook", content=without_end(), headers=headers)
    assert (page.status_code, LARGE in page.text) == (422, True)
    assert taken < 200, "what comes after 10 MB is not read"


async def test_another_page_brings_no_workbook(ida: Grantee) -> None:
    content = await fetched_bytes(ida)
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    page = await ida.asking.post(f"{ida.home}/workbook", files={"file": ("r.xlsx", content)}, headers=elsewhere)
    assert page.status_code == 403


async def test_a_child_that_does_not_answer_is_a_workbook_that_cannot_be_read(
    ida: Grantee, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object) -> bytes:
        raise NoAnswer("it broke off")

    content = await fetched_bytes(ida)
    monkeypatch.setattr(opening, "answer_of", silent)
    assert BROKEN in await refused(ida, content)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", b'{"fault": "", "sheets": [{"title": "x"}]}', b'{"fault": "", "sheets": 7}', b"[" * 100_000,
     b'{"fault": "", "sheets": [{"title": "x", "hidden": 0, "merged": [["a"]], "cells": [["a", 1, "t", "x"]]}]}'],
)  # fmt: skip
async def test_a_child_that_was_taken_over_and_answers_rubbish_is_not_believed(
    ida: Grantee, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rubbish(*_: object) -> bytes:
        return answer

    content = await fetched_bytes(ida)
    monkeypatch.setattr(opening, "answer_of", rubbish)
    assert BROKEN in await refused(ida, content)


async def test_one_is_read_at_a_time_and_others_are_asked_to_come_again(
    ida: Grantee, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a workbook that keeps its child busy, then neither its link nor another one holds the door up."""
    is_read, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> bytes:
        is_read.set()
        await goes_on.wait()
        raise NoAnswer("it took too long")

    content, busy = await fetched_bytes(ida), "Another workbook is read at this moment"
    monkeypatch.setattr(opening, "answer_of", slow)
    monkeypatch.setattr(opening, "PATIENCE", 0.05)
    first = asyncio.create_task(brought(ida, content))
    await is_read.wait()
    assert busy in await refused(await come(secret=ida.secret), content)
    assert busy in await refused(await come(about="2"), content)
    goes_on.set()
    assert BROKEN in (await first).text


@pytest.mark.slow
async def test_a_link_that_brings_very_many_is_told_to_wait(ida: Grantee) -> None:
    pages = [await brought(ida, b"no workbook") for _ in range(25)]
    assert pages[-1].status_code == 429


async def test_no_cell_of_a_workbook_becomes_a_page_of_the_doors(ida: Grantee) -> None:
    """Given markup in a sheet's title and in a mark, then it is told as text."""
    book = load_workbook(io.BytesIO(await fetched_bytes(ida)))
    book["Accord"]["B2"].value = "<script>"
    page = await refused(ida, saved(book))
    assert "<script>;" not in page
    assert "&lt;script" in page
