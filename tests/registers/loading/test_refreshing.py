"""Registers come every night by themselves: only what changed is sent, and what is refused is asked for again."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from registers.history import RegisterAsOf, all_rows, files_of, versions_in_force
from registers.loading.archive import Archive, Archived
from registers.loading.download.request import FetchFailed
from registers.loading.loader import LoadReport, load, override
from registers.loading.refreshing import RegisterSource, fetchable_registers, refresh
from registers.loading.texts import UnreadableFile
from registers.loading.versions import version_in_force, versions
from registers.sources.catalogue import REGISTERS
from tests.registers.files import SAMPLE, pub78_row, sdn_row
from tests.waiting import BACKSTOP

OCTOBER, NOVEMBER = "Sun, 25 Oct 2026 08:00:00 GMT", "Sun, 01 Nov 2026 23:30:00 GMT"
SDN_FILES = ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")


class Sent(NamedTuple):
    """The publisher's answer."""

    name: str
    status: int
    size: int
    """Bytes of content."""


class Publisher:
    """A server on this machine with files that can be changed. It sends a file only to those without it."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.agents: set[str] = set()
        self.mirror = ""
        self._files: dict[str, tuple[bytes, str]] = {}

    def publishes(self, name: str, content: bytes, modified: str = OCTOBER) -> None:
        """Publish a file in the place of the one before."""
        self._files[name] = content, modified

    def withdraws(self, name: str) -> None:
        del self._files[name]

    def lists(self, *rows: str, name: str = "sdn.csv", modified: str = OCTOBER) -> None:
        self.publishes(name, "".join(f"{row}\r\n" for row in rows).encode() + b"\x1a\r\n", modified)

    def told(self) -> list[Sent]:
        """Return the answers since this was last asked."""
        told, self.sent = self.sent, []
        return told

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Publisher]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.mirror = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/lists/"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(BACKSTOP):
                request = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.agents |= set(re.findall(r"(?im)^user-agent: (.*?)\r?$", request))
                writer.write(self._answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    def _answer(self, request: str) -> bytes:
        name = request.split()[1].removeprefix("/lists/")
        content, modified = self._files.get(name, (b"", ""))
        tag = f'"{sha256(content).hexdigest()[:8]}"'
        if name not in self._files:
            return self._told(name, "404 Not Found", b"gone")
        if f"if-none-match: {tag}" in request.lower():
            return self._told(name, "304 Not Modified", b"")
        said = f"Last-Modified: {modified}\r\n" if modified else ""
        return self._told(name, "200 OK", content, f"ETag: {tag}\r\n{said}")

    def _told(self, name: str, status: str, content: bytes, said: str = "") -> bytes:
        self.sent.append(Sent(name, int(status[:3]), len(content)))
        length = "" if status.startswith("304") else f"Content-Length: {len(content)}\r\n"
        return f"HTTP/1.1 {status}\r\nConnection: close\r\n{said}{length}\r\n".encode() + content


class Office(NamedTuple):
    """An office that refreshes from the publisher, each time into a folder of its own."""

    connection: asyncpg.Connection
    publisher: Publisher
    folder: Path
    archive: Archive

    async def refresh(self, register: str = "ofac-sdn") -> LoadReport | None:
        folder = self.folder / f"fetched-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        source = RegisterSource(register, folder, self.archive, self.publisher.mirror)
        async with asyncio.timeout(BACKSTOP):
            return await refresh(self.connection, source, minimum_rows=1)

    async def loaded(self, register: str = "ofac-sdn") -> LoadReport:
        report = await self.refresh(register)
        assert report is not None
        assert report.loaded
        return report

    async def in_force(self, register: str = "ofac-sdn") -> list[str]:
        """The rows of the version in force."""
        version = await version_in_force(self.connection, register)
        assert version is not None
        return sorted(row["row"] for row in await all_rows(self.connection, version["version"]))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    """A publisher of a list of ten, in four files."""
    async with Publisher().open() as opened:
        opened.lists(*MAIN, modified=NOVEMBER)
        opened.lists(ALIAS, name="alt.csv")
        opened.lists(ADDRESS, name="add.csv")
        opened.lists(REMARKS, name="sdn_comments.csv")
        yield opened


MAIN = [sdn_row(9000 + number, f"ZORVANIA BUREAU {number}") for number in range(10)]
RENAMED = [*MAIN[:9], sdn_row(9009, "ZORVANIA BUREAU OF ANOTHER NAME")]
ALIAS, NEW_ALIAS = ('9001,1,"aka","BLUE HERON",-0- ', '9001,1,"aka","GREY HERON",-0- ')
ADDRESS = '9001,1,"1 Quay","Port Zorvan","Kenya",-0- '
REMARKS = '9001,"Invented for the tests."'


@pytest.fixture
def office(connection: asyncpg.Connection, publisher: Publisher, tmp_path: Path) -> Office:
    """An office that has not refreshed yet."""
    return Office(connection, publisher, tmp_path, Archive(tmp_path / "archive"))


def test_a_list_that_is_given_out_for_a_token_is_asked_for_with_it_and_never_without(tmp_path: Path) -> None:
    """The token is a part of what is asked, and of nothing that is stored or told."""
    archive = Archive(tmp_path)
    [address] = RegisterSource("eu-consolidated", tmp_path, archive).addresses
    held = RegisterSource("eu-consolidated", tmp_path, archive, token="a b&c")
    assert held.request_address(address) == f"{address}?token=a%20b%26c"
    assert "token" not in address
    with pytest.raises(FetchFailed, match=r"is given out only for a token; .* set ACCORD_EU_TOKEN") as refused:
        RegisterSource("eu-consolidated", tmp_path, archive).request_address(address)
    assert "accord registers load" in str(refused.value)


def test_a_mirror_and_publishers_that_want_none_are_not_told_the_token(tmp_path: Path) -> None:
    for register, mirror in (("eu-consolidated", "https://mirror.example"), ("uk-sanctions", "")):
        source = RegisterSource(register, tmp_path, Archive(tmp_path), mirror, token="secret")
        assert [source.request_address(address) for address in source.addresses] == list(source.addresses)


def test_a_list_that_wants_a_token_is_left_out_where_there_is_none() -> None:
    assert set(REGISTERS) - set(fetchable_registers("", "")) == {"eu-consolidated"}
    assert fetchable_registers("secret", "") == fetchable_registers("", "https://mirror.example") == tuple(REGISTERS)


def test_without_a_mirror_the_publishers_own_addresses_are_asked(tmp_path: Path) -> None:
    addresses = RegisterSource("ofac-sdn", tmp_path, Archive(tmp_path)).addresses
    assert all(address.startswith("https://www.treasury.gov/") for address in addresses)
    assert tuple(address.rpartition("/")[2] for address in addresses) == SDN_FILES


@pytest.mark.parametrize("mirror", ["http://127.0.0.1/lists", "http://127.0.0.1/lists/"])
def test_a_mirror_is_asked_for_the_same_files_by_name(tmp_path: Path, mirror: str) -> None:
    addresses = RegisterSource("ofac-sdn", tmp_path, Archive(tmp_path), mirror).addresses
    assert addresses == tuple(f"http://127.0.0.1/lists/{name}" for name in SDN_FILES)


async def test_the_first_refresh_loads_every_file_as_of_the_day_of_the_oldest(office: Office) -> None:
    report = await office.loaded()
    assert (report.row_count, report.came, report.source_date) == (10, 13, date(2026, 10, 25))
    assert [(sent.name, sent.status) for sent in office.publisher.told()] == [(name, 200) for name in SDN_FILES]
    assert await office.in_force() == sorted([*MAIN, ALIAS, ADDRESS, REMARKS])
    assert [one.name for one in await files_of(office.connection, report.version)] == list(SDN_FILES)


async def test_the_second_refresh_says_that_there_is_nothing_new_and_nothing_is_sent(office: Office) -> None:
    await office.loaded()
    office.publisher.told()
    assert await office.refresh() is None
    assert office.publisher.told() == [Sent(name, 304, 0) for name in SDN_FILES]
    assert len(await versions(office.connection)) == 1


@pytest.mark.slow
async def test_a_refresh_that_brings_nothing_new_keeps_the_version_in_force_from_growing_old(office: Office) -> None:
    await office.loaded()
    day = datetime.now(UTC).date()
    await office.refresh()
    (version,) = await versions_in_force(office.connection, ("ofac-sdn",))
    assert version.source_date == date(2026, 10, 25)
    assert version.confirmed_on in {day, datetime.now(UTC).date()}
    (then,) = await versions_in_force(office.connection, ("ofac-sdn",), RegisterAsOf(true_on=date(2026, 11, 1)))
    assert then.confirmed_on is None, "on that day nobody had asked yet"


@pytest.mark.slow
async def test_what_somebody_loaded_by_hand_is_not_taken_for_what_the_publisher_offers(office: Office) -> None:
    await office.loaded()
    folder = office.folder / "by-hand"
    folder.mkdir()
    paths = [folder / name for name in SDN_FILES]
    for path, rows in zip(paths, (RENAMED, [ALIAS], [ADDRESS], [REMARKS]), strict=True):
        path.write_bytes("".join(f"{row}\r\n" for row in rows).encode() + b"\x1a\r\n")
    assert (await load(office.connection, "ofac-sdn", paths, date(2026, 11, 1), office.archive, 1)).loaded
    again = await office.loaded()
    assert (again.came, len(await office.in_force())) == (1, 13)


@pytest.mark.slow
async def test_a_newer_list_that_was_loaded_by_hand_is_not_replaced_by_the_publishers_older_one(office: Office) -> None:
    await office.loaded()
    folder = office.folder / "by-hand"
    folder.mkdir()
    paths = [folder / name for name in SDN_FILES]
    for path, rows in zip(paths, ([*MAIN, sdn_row(9077, "NEW")], [ALIAS], [ADDRESS], [REMARKS]), strict=True):
        path.write_bytes("".join(f"{row}\r\n" for row in rows).encode() + b"\x1a")
    assert (await load(office.connection, "ofac-sdn", paths, date(2026, 11, 20), office.archive, 1)).loaded
    report = await office.refresh()
    assert report is not None
    assert (report.refused, report.note.partition(";")[0]) == (
        True, "true of 2026-10-25, and the version in force of 2026-11-20",
    )  # fmt: skip
    assert sdn_row(9077, "NEW") in await office.in_force()


@pytest.mark.slow
async def test_what_did_not_change_comes_from_the_archive(office: Office) -> None:
    first = await office.loaded()
    office.publisher.told()
    office.publisher.lists(NEW_ALIAS, name="alt.csv", modified="Mon, 02 Nov 2026 08:00:00 GMT")
    second = await office.loaded()
    assert [(sent.name, sent.status) for sent in office.publisher.told() if sent.size] == [("alt.csv", 200)]
    assert (second.came, second.left, second.source_date) == (1, 1, date(2026, 10, 25))
    assert await office.in_force() == sorted([*MAIN, NEW_ALIAS, ADDRESS, REMARKS])
    before, after = [set(await files_of(office.connection, one.version)) for one in (first, second)]
    assert {one.name for one in after - before} == {"alt.csv"}
    assert await office.refresh() is None


@pytest.mark.slow
async def test_a_file_that_the_archive_lost_is_sent_again(office: Office) -> None:
    first = await office.loaded()
    office.publisher.told()
    lost = next(one for one in await files_of(office.connection, first.version) if one.name == "add.csv")
    office.archive.open(lost).unlink()
    report = await office.refresh()
    assert report is not None
    assert (report.loaded, report.refused, report.version) == (False, False, first.version)
    assert [sent.name for sent in office.publisher.told() if sent.size] == ["add.csv"]
    assert office.archive.open(lost).exists()


async def test_a_file_without_a_day_is_never_of_today(office: Office) -> None:
    """Given answers of which one says no day, then nothing is loaded: by hand somebody says which day it is."""
    office.publisher.lists(ALIAS, name="alt.csv", modified="")
    with pytest.raises(UnreadableFile, match=r"^alt\.csv does not say the day it is true of, .* --as-of YYYY-MM-DD$"):
        await office.refresh()
    assert await versions(office.connection) == []


@pytest.mark.slow
async def test_a_file_without_a_day_that_is_in_force_already_is_as_old_as_it_was(office: Office) -> None:
    await office.loaded()
    office.publisher.lists(*RENAMED, modified="Mon, 02 Nov 2026 08:00:00 GMT")
    office.publisher.lists(ALIAS, name="alt.csv", modified="")
    office.archive.open(next(one for one in await kept_files(office) if one.name == "alt.csv")).unlink()
    assert (await office.loaded()).source_date == date(2026, 10, 25)


async def kept_files(office: Office) -> tuple[Archived, ...]:
    version = await version_in_force(office.connection, "ofac-sdn")
    assert version is not None
    return await files_of(office.connection, version["version"])


@pytest.mark.slow
@pytest.mark.parametrize("older", SDN_FILES)
async def test_of_mixed_parts_the_oldest_counts(office: Office, older: str) -> None:
    """Given parts of which one was published days before the others, whichever it is, then its day counts."""
    rows = dict(zip(SDN_FILES, (MAIN, [ALIAS], [ADDRESS], [REMARKS]), strict=True))
    for name in SDN_FILES:
        office.publisher.lists(*rows[name], name=name, modified=OCTOBER if name == older else NOVEMBER)
    assert (await office.loaded()).source_date == date(2026, 10, 25)


async def test_a_publisher_is_told_who_asks(office: Office) -> None:
    folder = office.folder / "asked"
    folder.mkdir()
    agent = "Riverbend Foundation (grants@riverbend.example)"
    source = RegisterSource("ofac-sdn", folder, office.archive, office.publisher.mirror, agent)
    await refresh(office.connection, source, minimum_rows=1)
    assert office.publisher.agents == {agent}


async def test_the_united_nations_list_is_one_file(office: Office) -> None:
    content = (SAMPLE / "un_consolidated.xml").read_bytes()
    office.publisher.publishes("consolidated.xml", content)
    report = await office.loaded("un-consolidated")
    assert await files_of(office.connection, report.version) == (
        Archived("consolidated.xml", sha256(content).hexdigest()),
    )
    assert await office.refresh("un-consolidated") is None
    assert office.publisher.told()[1:] == [Sent("consolidated.xml", 304, 0)]


# What is refused


@pytest.mark.slow
async def test_what_is_refused_is_sent_and_refused_again_until_it_is_mended(office: Office) -> None:
    await office.loaded()
    good = await office.in_force()
    office.publisher.lists(*MAIN[:6], modified=NOVEMBER)
    for _ in range(2):
        office.publisher.told()
        report = await office.refresh()
        assert report is not None
        assert report.refused
        assert report.note.startswith(
            "4 of the 10 entries of SDN list: main file are gone, more than 5%; fetch the files"
        )
        assert [sent.name for sent in office.publisher.told() if sent.size] == ["sdn.csv"]
        assert await office.in_force() == good
    office.publisher.lists(*RENAMED, modified=NOVEMBER)
    assert (await office.loaded()).left == 1


@pytest.mark.slow
async def test_what_was_refused_and_put_in_force_by_an_override_is_known_from_then_on(office: Office) -> None:
    await office.loaded()
    office.publisher.lists(*MAIN[:6], modified=NOVEMBER)
    refused = await office.refresh()
    assert refused is not None
    overriding = await override(office.connection, refused.version, office.archive, "the publisher removed four")
    report = await office.refresh()
    assert report is not None
    assert (report.loaded, report.refused, report.version) == (False, False, overriding.version)
    assert await office.refresh() is None


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(None, "404 Not Found", id="a file that is gone"),
        pytest.param(b"<!DOCTYPE html><html>We are sorry</html>", "is a web page", id="a web page in its place"),
        pytest.param(b"", "is empty", id="an empty file"),
    ],
)
async def test_where_one_file_cannot_be_had_nothing_is_loaded(
    office: Office, content: bytes | None, fault: str
) -> None:
    await office.loaded()
    good = await office.in_force()
    office.publisher.lists(*RENAMED, modified=NOVEMBER)
    if content is None:
        office.publisher.withdraws("alt.csv")
    else:
        office.publisher.publishes("alt.csv", content)
    with pytest.raises(FetchFailed, match=fault):
        await office.refresh()
    assert await office.in_force() == good
    office.publisher.lists(ALIAS, name="alt.csv")
    assert (await office.loaded()).left == 1, "what came before the fault is not taken for known"


# What is packed

NAMES = "data-download-pub78"


def packed(*rows: str, member: str = f"{NAMES}.txt", cut: int = 0) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(member), "".join(f"{row}\n" for row in rows))
    return content.getvalue()[: len(content.getvalue()) - cut]


async def test_a_zip_is_unpacked_and_known_again(office: Office) -> None:
    rows = [pub78_row(number) for number in range(10)]
    office.publisher.publishes(f"{NAMES}.zip", packed(*rows), NOVEMBER)
    report = await office.loaded("irs-pub78")
    assert (report.row_count, report.source_date) == (10, date(2026, 11, 1))
    assert [one.name for one in await files_of(office.connection, report.version)] == [f"{NAMES}.txt"]
    assert await office.refresh("irs-pub78") is None
    assert office.publisher.told()[1:] == [Sent(f"{NAMES}.zip", 304, 0)]
    office.publisher.publishes(f"{NAMES}.zip", packed(*rows[1:]), NOVEMBER)
    assert (await office.loaded("irs-pub78")).left == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(packed(pub78_row(1), cut=30), "is damaged", id="cut off"),
        pytest.param(packed(pub78_row(1), member="../pub78.txt"), "unsafe file name", id="out of the folder"),
        pytest.param(packed("<html>We are sorry</html>"), "is a web page or XML", id="a web page within"),
    ],
)
async def test_a_zip_that_is_no_data_is_refused_and_asked_for_again(office: Office, content: bytes, fault: str) -> None:
    office.publisher.publishes(f"{NAMES}.zip", packed(pub78_row(1)))
    await office.loaded("irs-pub78")
    office.publisher.publishes(f"{NAMES}.zip", content)
    for _ in range(2):
        office.publisher.told()
        with pytest.raises(UnreadableFile, match=fault):
            await office.refresh("irs-pub78")
        assert [sent.status for sent in office.publisher.told()] == [200]
        assert await office.in_force("irs-pub78") == [pub78_row(1)]
