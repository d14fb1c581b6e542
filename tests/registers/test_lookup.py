"""A finding must be provable years later: what the registers say of an EIN, and where exactly it is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from domain.screening.tax_status import StatusEvidence
from registers import lookup
from registers.history import versions_in_force
from registers.loading.loader import load
from registers.loading.texts import digest, fingerprint
from registers.loading.versions import version_in_force
from registers.lookup import status_of
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.builders import party
from tests.registers.files import (
    ARCHIVE,
    NEXT_DAY,
    SAMPLE,
    bmf_row,
    ein,
    load_sample,
    load_small,
    pub78_row,
    revocation_row,
    switch_while_asking,
    write,
    write_bmf,
)


async def ask(connection: asyncpg.Connection, number: str = "001000001", name: str = "Riverbend") -> StatusEvidence:
    found = await status_of(connection, party(name, ein=number))
    assert found is not None
    return found


async def test_a_party_without_an_ein_is_not_looked_up(connection: asyncpg.Connection) -> None:
    assert await status_of(connection, party(ein=None)) is None


async def test_every_register_answers_with_the_row_as_published_its_line_file_and_digest(
    connection: asyncpg.Connection,
) -> None:
    await load_sample(connection)
    found = await ask(connection)
    assert found.master_file is not None
    (listed,) = found.publication78
    for source, file, line in ((found.master_file.source, "bmf.csv", 2), (listed.source, "pub78.txt", 3)):
        assert (source.file, source.line) == (file, line)
        assert source.row == (SAMPLE / file).read_text().splitlines()[line - 1]
        assert source.register_version.sha256 == fingerprint({file: digest(SAMPLE / file)})
        assert source.register_version.source_date == date(2026, 11, 1)
    assert [v.register_name for v in found.asked] == ["irs-bmf", "irs-pub78", "irs-revocation"]


async def test_the_fields_that_decide_are_read_from_their_columns(connection: asyncpg.Connection) -> None:
    await load_sample(connection)
    entry = (await ask(connection, "001000004")).master_file
    assert entry is not None
    assert (entry.name, entry.state) == ("HARBOR CHAPTER OF OPEN NETWORKS", "ME")
    assert (entry.subsection, entry.foundation, entry.deductibility, entry.status) == ("03", "15", "1", "01")
    assert (entry.affiliation, entry.group_number) == ("9", "9901")
    assert (await ask(connection, "001000005")).codes == {"PC", "GROUP"}


@pytest.mark.parametrize(
    ("income", "revenue", "known"),
    [
        ("9", "7", "7"),
        ("9", "0", "0"),
        ("9", "-7", "-7"),
        ("9", "", "9"),
        ("", "", None),
        ("many", "", None),
        ("9", "many", None),
    ],
)
async def test_the_yearly_revenue_is_the_reported_one_or_else_the_income(
    connection: asyncpg.Connection, tmp_path: Path, income: str, revenue: str, known: str | None
) -> None:
    row = bmf_row(7).replace(",900000,900000,", f",{income},{revenue},")
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, row))
    entry = (await ask(connection, ein(7))).master_file
    assert entry is not None
    assert (entry.filing, entry.revenue) == ("01", None if known is None else Decimal(known))


async def test_an_unlisted_ein_is_not_found_and_still_says_who_was_asked(connection: asyncpg.Connection) -> None:
    await load_sample(connection)
    found = await ask(connection, "999999999")
    assert (found.found, found.master_file, found.publication78, found.revocations) == (False, None, (), ())
    assert (found.name_agreement, len(found.asked)) == (0.0, 3)


async def test_a_register_that_was_never_loaded_is_absent_from_those_asked(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    assert await versions_in_force(connection, ("irs-bmf", "irs-pub78")) == ()
    await load_small(connection, "irs-pub78", write(tmp_path, "p.txt", pub78_row(1)))
    assert [v.register_name for v in (await ask(connection)).asked] == ["irs-pub78"]


async def test_repeated_revocations_are_all_kept_in_the_order_of_the_file(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    rows = [
        revocation_row(1, "15-FEB-2019", "21-AUG-2019"),
        revocation_row(2),
        revocation_row(1, "15-JAN-2013", "21-OCT-2013", "15-JAN-2013"),
        revocation_row(1, "15-JAN-2013", "21-OCT-2013", "15-JAN-2013"),
    ]
    await load_small(connection, "irs-revocation", write(tmp_path, "r.txt", "", "", *rows, end="\r\n"))
    found = (await ask(connection)).revocations
    assert [(entry.source.line, entry.source.row) for entry in found] == [(3, rows[0]), (5, rows[2]), (6, rows[3])]
    assert [(entry.effective_on, entry.posted_on, entry.reinstated_on) for entry in found[:2]] == [
        (date(2019, 2, 15), date(2019, 8, 21), None),
        (date(2013, 1, 15), date(2013, 10, 21), date(2013, 1, 15)),
    ]


@pytest.mark.slow
async def test_rows_of_a_superseded_version_no_longer_answer(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 5))
    replaced = write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, *[bmf_row(n) for n in (0, 2, 3, 4, 5)])
    await load_small(connection, "irs-bmf", replaced, on=NEXT_DAY)
    assert not (await ask(connection, ein(1))).found
    assert (await ask(connection, ein(5))).found


async def test_rows_of_a_second_file_name_it(connection: asyncpg.Connection, tmp_path: Path) -> None:
    second = write(tmp_path, "eo2.csv", MASTER_FILE_FIELDS, bmf_row(77))
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 3, "eo1.csv"), second)
    entry = (await ask(connection, ein(77))).master_file
    assert entry is not None
    assert (entry.source.file, entry.source.line) == ("eo2.csv", 2)


async def test_a_version_that_comes_into_force_while_asking_is_not_said_to_have_answered(
    pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = iter((6, 7))

    async def switch() -> None:
        async with pool.acquire() as other:
            await load_small(other, "irs-bmf", write_bmf(tmp_path, next(sizes)))

    async with pool.acquire() as connection:
        await load_small(connection, "irs-bmf", write_bmf(tmp_path, 5))
        switch_while_asking(monkeypatch, lookup, switch)
        found = await ask(connection)
    assert found.master_file is not None
    assert found.asked == (found.master_file.source.register_version,)


@pytest.mark.parametrize(
    ("name", "at_least", "at_most"),
    [
        ("Riverbend Library Network", 100, 100),
        ("RIVERBEND LIBRARY NETWORK, INC.", 100, 100),
        ("Network Library Riverbend", 100, 100),
        ("River Bend Library Network", 100, 100),
        ("Riverbend Library Network of Kansas", 100, 100),
        ("Riverbend Libary Network", 90, 99.9),
        ("Prairie Cattle Breeders", 0, 60),
    ],
)
async def test_the_name_agrees_where_registers_abbreviate_reorder_or_add(
    connection: asyncpg.Connection, name: str, at_least: float, at_most: float
) -> None:
    await load_sample(connection)
    assert at_least <= (await ask(connection, name=name)).name_agreement <= at_most


async def test_any_of_the_partys_names_may_agree(connection: asyncpg.Connection) -> None:
    await load_sample(connection)
    known = party("Lower River Readers", ein="001000001", also_known_as=("Riverbend Library Network",))
    found = await status_of(connection, known)
    assert found is not None
    assert found.name_agreement == 100


# The real files beside the project


async def test_real_entries_are_found_with_their_rows(connection: asyncpg.Connection, shared_data: Path) -> None:
    irs = shared_data / "irs"
    await load(connection, "irs-bmf", (irs / "bmf" / "eo_vt.csv",), date(2026, 8, 1), ARCHIVE, minimum_rows=1)
    await load_small(connection, "irs-revocation", irs / "revocation" / "revocation-multi.txt")
    entry = (await ask(connection, "010471151", "Regulatory Assistance Project")).master_file
    assert entry is not None
    assert (entry.name, entry.source.line) == ("REGULATORY ASSISTANCE PROJECT", 3)
    repeats = (await ask(connection, "010275502")).revocations
    assert [(r.posted_on.year, r.reinstated_on is None) for r in repeats] == [(2018, True), (2013, False)]
    in_force = await version_in_force(connection, "irs-bmf")
    assert in_force is not None
    assert in_force["source_date"] == date(2026, 8, 1)


async def test_every_name_that_a_register_gives_is_kept_once(connection: asyncpg.Connection, tmp_path: Path) -> None:
    master = f"{bmf_row(1)}LOWER RIVER READERS"
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, master))
    await load_small(connection, "irs-pub78", write(tmp_path, "p.txt", pub78_row(1, "Riverbend Libraries")))
    revoked = revocation_row(1).replace("|OAKLEAF||", "|OAKLEAF|MILL READERS|")
    await load_small(connection, "irs-revocation", write(tmp_path, "r.txt", revoked))
    assert (await ask(connection)).known_as == (
        "RIVERBEND LIBRARY NETWORK",
        "LOWER RIVER READERS",
        "Riverbend Libraries",
        "OAKLEAF",
        "MILL READERS",
    )


@pytest.mark.parametrize("further", ["", "SAME", "00123", "7", "N/A"])
async def test_a_field_for_names_that_names_nobody_is_no_name(
    connection: asyncpg.Connection, tmp_path: Path, further: str
) -> None:
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, bmf_row(1) + further))
    assert (await ask(connection)).known_as == ("RIVERBEND LIBRARY NETWORK",)
