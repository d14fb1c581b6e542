"""The ECB's reference rates: a row per day, whatever its columns are, and no file with a rate that is none."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import asyncpg
import pytest

from accord.demo.sample import write_sample_registers
from registers.history import bad_rows_of, versions_in_force
from registers.loading.loader import day_said, override
from registers.loading.rows import ParsedRow, RejectedRow, read_rows
from registers.loading.texts import CutOff, UnreadableFile
from registers.loading.unpacking import unpack
from registers.rates import rates_on
from registers.sources.european_central_bank import REFERENCE_RATES
from tests.registers.files import ARCHIVE, load_small

HEADER = "Date,USD,JPY,BGN,KWD"
DAYS = REFERENCE_RATES.kinds[0]
MONDAY = date(2026, 11, 30)


def file(folder: Path, *lines: str, header: str = HEADER, end: str = "\n", close: str = "\n") -> Path:
    path = folder / "eurofxref-hist.csv"
    path.write_bytes((end.join((header, *lines)) + close).encode())
    return path


def days(count: int, newest: date = MONDAY, dollar: str = "1.1581") -> list[str]:
    return [f"{newest - timedelta(days=age)},{dollar},180.95,N/A,0.35" for age in range(count)]


def read(path: Path) -> list[ParsedRow | RejectedRow | CutOff]:
    return list(read_rows(path, DAYS))


def fault_of(path: Path) -> tuple[int, str]:
    """The line and the reason of the only row that was refused."""
    (rejected,) = [row for row in read(path) if isinstance(row, RejectedRow)]
    return rejected.line, rejected.reason


def test_a_row_is_a_day_with_the_rates_that_it_has(tmp_path: Path) -> None:
    path = file(tmp_path, "2026-11-30,1.1581,180.95,N/A,0.35", "2026-11-27,1.1570,180.50,1.9558,")
    assert read(path) == [
        ParsedRow(2, "20261130", "2026-11-30,USD=1.1581,JPY=180.95,KWD=0.35"),
        ParsedRow(3, "20261127", "2026-11-27,USD=1.1570,JPY=180.50,BGN=1.9558"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("comma", ["", ","])
def test_a_line_is_read_whether_a_comma_closes_it_or_not(tmp_path: Path, comma: str, end: str) -> None:
    path = file(tmp_path, f"2026-11-30,1.1581,180.95,N/A,N/A{comma}", header=HEADER + comma, end=end, close=end)
    assert read(path) == [ParsedRow(2, "20261130", "2026-11-30,USD=1.1581,JPY=180.95")]


def test_a_column_that_comes_or_moves_changes_no_other_day(tmp_path: Path) -> None:
    earlier = read(file(tmp_path, "2026-11-27,1.1570,180.50,1.9558,0.35"))
    later = read(file(tmp_path, "2026-11-27,N/A,1.1570,180.50,1.9558,0.35", header="Date,XTS,USD,JPY,BGN,KWD"))
    assert later == earlier


def test_the_file_says_its_newest_day(tmp_path: Path) -> None:
    assert day_said("ecb-rates", (file(tmp_path, *days(3)),)) == MONDAY


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("2026-11-30,1.1581,180.95,N/A,0.35", "line 1: the header 'Date,USD,JPY ...' is missing"),
        ("Date", "line 1: the header 'Date,USD,JPY ...' is missing"),
        ("Date;USD;JPY", "line 1: the header 'Date,USD,JPY ...' is missing"),
        ("Date,USD,Yen,BGN,KWD", "line 1: the column 'Yen' is no currency"),
        ("Date,USD,USD,BGN,KWD", "line 1: the column 'USD' is no currency, or stands there twice"),
    ],
)
def test_a_file_without_its_header_is_refused_with_the_remedy(tmp_path: Path, header: str, fault: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(file(tmp_path, *days(1), header=header))
    assert fault in str(refused.value)
    assert "fetch eurofxref-hist.zip again" in str(refused.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-27,0,180.50,N/A,0.35", "the rate of USD is 0, and no currency is worth nothing"),
        ("2026-11-27,-1.15,180.50,N/A,0.35", "the rate of USD is '-1.15', not a number such as 1.1581"),
        ("2026-11-27,1.1570,180,50,N/A,0.35", "5 rates where the header has 4 currencies"),
        ("2026-11-27,1.1570,180.50", "2 rates where the header has 4 currencies"),
        ("27.11.2026,1.1570,180.50,N/A,0.35", "'27.11.2026' is not a day of the calendar written YYYY-MM-DD"),
        ("2026-11-27,N/A,N/A,N/A,N/A", "'2026-11-27' has no rate of any currency"),
        ("2026-11-30,1.1570,180.50,N/A,0.35", "2026-11-30 is not before 2026-11-30, the day of the line above"),
        ("2026-12-01,1.1570,180.50,N/A,0.35", "2026-12-01 is not before 2026-11-30, the day of the line above"),
        (
            "2026-11-27,180.50,1.1570,N/A,0.35",
            "the rate of USD is 1.1581, and was 180.50 on 2026-11-27: a point was lost, or columns were exchanged",
        ),
    ],
)
def test_a_line_that_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    assert fault_of(file(tmp_path, *days(1), line)) == (3, reason)


async def test_one_wrong_line_of_a_thousand_refuses_the_file(connection: asyncpg.Connection, tmp_path: Path) -> None:
    good = await load_small(connection, "ecb-rates", file(tmp_path, *days(3)))
    lines = days(1000)
    lines[500] = lines[500].replace("1.1581", "0")
    report = await load_small(connection, "ecb-rates", file(tmp_path, *lines), on=MONDAY)
    assert report.refused
    assert "1 of 1000 lines are bad, and sums are converted by each" in report.note
    assert "eurofxref-hist.csv line 502: the rate of USD is 0" in report.note
    assert len(await bad_rows_of(connection, report.version)) == 1
    (in_force,) = await versions_in_force(connection, ("ecb-rates",))
    assert in_force.version == good.version


async def test_a_file_that_ends_in_the_middle_of_a_line_is_refused(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    report = await load_small(connection, "ecb-rates", file(tmp_path, *days(3), close=""))
    assert report.refused
    assert "eurofxref-hist.csv line 4: the file ends in the middle of this line; fetch the file again" in report.note


def test_the_whole_file_may_end_without_a_line_break(tmp_path: Path) -> None:
    path = file(tmp_path, "1999-01-05,1.1790,130.96,N/A,0.35", "1999-01-04,1.1789,133.73,N/A,0.35", close="")
    assert [row.key for row in read(path) if isinstance(row, ParsedRow)] == ["19990105", "19990104"]
    assert not [row for row in read(path) if isinstance(row, CutOff)]


async def test_published_days_do_not_change_by_themselves(connection: asyncpg.Connection, tmp_path: Path) -> None:
    """A correction of some days is taken. Where many changed, columns may have been exchanged: somebody answers."""
    await load_small(connection, "ecb-rates", file(tmp_path, *days(20)), on=MONDAY)
    later = MONDAY + timedelta(days=1)
    report = await load_small(connection, "ecb-rates", file(tmp_path, *days(20, later, dollar="1.2")), on=later)
    assert report.refused
    assert "20 days that were published have other rates now, or are gone" in report.note
    assert (await override(connection, report.version, ARCHIVE, "the ECB published them anew")).loaded
    few = [*days(5, later, dollar="1.21"), *days(15, later - timedelta(days=5), dollar="1.2")]
    assert (await load_small(connection, "ecb-rates", file(tmp_path, *few), on=later)).loaded


async def test_an_older_file_is_refused(connection: asyncpg.Connection, tmp_path: Path) -> None:
    await load_small(connection, "ecb-rates", file(tmp_path, *days(3)), on=MONDAY)
    before = MONDAY - timedelta(days=1)
    report = await load_small(connection, "ecb-rates", file(tmp_path, *days(3, before)), on=before)
    assert report.refused
    assert "true of 2026-11-29, and the version in force of 2026-11-30" in report.note


async def test_the_publishers_zip_is_unpacked(connection: asyncpg.Connection, tmp_path: Path) -> None:
    plain = file(tmp_path, *days(3))
    packed = tmp_path / "eurofxref-hist.zip"
    with ZipFile(packed, "w") as archive:
        archive.write(plain, plain.name)
    (tmp_path / "out").mkdir()
    assert (await load_small(connection, "ecb-rates", *unpack(packed, tmp_path / "out"))).loaded


async def test_the_invented_sample_is_of_its_day_and_tells_itself_apart(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """A Saturday: the newest line is of that day, the others of working days before it. XTS is no currency."""
    saturday = date(2026, 11, 28)
    paths = {path.name: path for path in write_sample_registers(tmp_path, saturday)}
    path = paths["eurofxref-hist.csv"]
    assert (await load_small(connection, "ecb-rates", path, on=saturday)).loaded
    evidence = await rates_on(connection, saturday, 0)
    assert evidence is not None
    assert "XTS=1.00" in evidence.source.row
    assert [row.key for row in read(path) if isinstance(row, ParsedRow)][:3] == ["20261128", "20261127", "20261126"]
