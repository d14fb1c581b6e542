"""The registers at the shell: what they said and when, whom a name meets and why, who answers for a refused file."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.cli.registers.refreshing import refresh_registers
from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from accord.presentation.faults import ExitCode, Unreachable
from domain.policy.rulebook import RULE_BOOK
from domain.screening.guarding import GuardOverridden, override_fault
from domain.streams import StreamId
from records.codec import from_ledger
from records.keys.verification import verified
from registers.loading import refreshing
from registers.loading.archive import Archive
from registers.loading.download.request import DownloadLimits
from registers.loading.fetching import fetch
from registers.loading.loader import LoadReport, load
from tests.accord.organisation.own import Organisation
from tests.accord.shell import BAD_INPUT, REFUSED, UNREACHABLE, Shell, assert_all_fail, assert_fails
from tests.builders import funds_out, party, proposal
from tests.lives import Life
from tests.registers.files import ein, sdn_row, write_bmf, write_sdn

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
OLD_NAME, NEW_NAME = "RIVERBEND LIBRARY NETWORK", "RIVERBEND READING ROOMS"
REASON = ("--reason", "the publisher removed closed organisations; its notice was seen")
NOBODY = "http://127.0.0.1:1"
"""An address at which nobody listens."""

File = Callable[..., Path]
Publish = Callable[..., Awaitable[LoadReport]]


@pytest.fixture
def own(sealed: Organisation, tmp_path: Path) -> Organisation:
    """An organisation with an archive of its own, and no register yet."""
    return sealed._replace(shell=sealed.shell.where(ACCORD_ARCHIVE=str(tmp_path / "archive")))


@pytest.fixture
def publish(own: Organisation, tmp_path: Path) -> Publish:
    """Load a master file of so many rows, as of a day. One name in it may be changed."""

    async def published(rows: int, on: date, name: str = OLD_NAME) -> LoadReport:
        path = write_bmf(tmp_path, rows)
        path.write_text(path.read_text("utf-8").replace(OLD_NAME, name), "utf-8")
        async with own.desk.pool.acquire() as connection:
            return await load(connection, "irs-bmf", [path], on, Archive(tmp_path / "archive"), minimum_rows=1)

    return published


# What a register says, and said.


@pytest.fixture
async def twice_published(own: Organisation, publish: Publish) -> Organisation:
    """The name of all organisations changed on the first of November, and a day later it was known here."""
    for on, name in ((OCTOBER, OLD_NAME), (NOVEMBER, NEW_NAME)):
        report = await publish(3, on, name)
        loaded_at = "UPDATE registers.versions SET loaded_at = source_date + interval '1 day' WHERE version = $1"
        await own.desk.pool.execute(loaded_at, report.version)
    return own


async def test_show_tells_what_a_register_says_of_a_key_now_or_said_on_a_day_or_was_known_to_say(
    twice_published: Organisation,
) -> None:
    key = ("registers", "show", f"{ein(1)[:2]}-{ein(1)[2:]}")
    cases: list[tuple[tuple[str, ...], str]] = [
        (("--as-of", "2026-10-31"), OLD_NAME),
        (("--as-of", "2026-11-01", "--register", "irs-bmf"), NEW_NAME),
        (("--known-at", "2026-11-01"), OLD_NAME),
        (("--as-of", "2026-11-01", "--known-at", "2026-11-01T23:59:59"), OLD_NAME),
    ]
    answers = await twice_published.shell.together(*((*key, *options, "--json") for options, _ in cases))
    told = [[row["row"].split(",")[1] for row in answer.json["rows"]] for answer in answers]
    assert told == [[name] for _, name in cases]


@pytest.mark.slow
async def test_show_names_the_version_that_was_asked_and_the_place_of_each_row(twice_published: Organisation) -> None:
    shown, machine, unlisted, before, mistaken = await twice_published.shell.together(
        ("registers", "show", ein(1)),
        ("registers", "show", ein(1), "--json"),
        ("registers", "show", "99-9999999"),
        ("registers", "show", ein(1), "--as-of", "2026-09-30"),
        ("registers", "show", ein(1), "--register", "irs-bfm"),
    )
    [asked], [row] = machine.json["asked"], machine.json["rows"]
    assert (asked["register_name"], asked["source_date"], row["file"], row["line"]) == (
        "irs-bmf", "2026-11-01", "bmf.csv", "3",
    )  # fmt: skip
    assert f"Asked: irs-bmf version {asked['version']} of 2026-11-01." in shown.words
    assert "bmf.csv line 3" in shown.words
    assert "None of them lists 99-9999999." in unlisted.words
    assert "No version of these registers was loaded by then" in before.words
    assert [answer.code for answer in (shown, machine, unlisted, before)] == [0, 0, 0, 0]
    assert_fails(mistaken, BAD_INPUT, "--register: no register 'irs-bfm'; there are irs-bmf, irs-pub78")


# Whom a name meets.


@pytest.mark.slow
async def test_screen_explains_word_by_word_whom_a_name_meets_and_how_surely(shell: Shell) -> None:
    near, exact, nobody = await shell.together(
        ("registers", "screen", "Zorvania Trad Bureau", "--country", "KE"),
        ("registers", "screen", "Blue Heron Networks, Inc."),
        ("registers", "screen", "Riverbend Library Network"),
    )
    for words in ("ZORVANIA TRADE BUREAU (near)", "zorvania = zorvania, weighs", "trad ~ trade", "1 of the listed"):
        assert words in near.words
    for words in ("100 BLUE HERON NETWORKS (exact)", "the same name", "ofac-sdn", "alt.csv line 1"):
        assert words in exact.words
    assert "0 of the listed names are near or the same; asked: ofac-consolidated of 20" in nobody.words
    assert [answer.code for answer in (near, exact, nobody)] == [0] * 3


@pytest.mark.slow
async def test_screen_says_where_no_list_was_loaded_and_refuses_a_country_that_is_none(own: Organisation) -> None:
    silent, abroad = await own.shell.together(
        ("registers", "screen", "Zorvania Trade Bureau"),
        ("registers", "screen", "Zorvania Trade Bureau", "--country", "KEN"),
    )
    assert "No sanctions list is loaded; start with `accord registers refresh`." in silent.words
    assert_fails(abroad, BAD_INPUT, "country: 'KEN' is not an ISO 3166-1 country code; write two capitals")


@pytest.fixture
async def listing_a_person(own: Organisation, tmp_path: Path) -> Organisation:
    """The list names one person, who has a date of birth."""
    remarks = "DOB 03 Apr 1961; nationality Kenya."
    orlen = '1,"VASK, Orlen","individual","SAMPLE",' + "-0- ," * 7 + f'"{remarks}"'
    others = [f'{n},"FILLER, Xander{n}","individual","SAMPLE",' + "-0- ," * 7 + "-0- " for n in range(2, 30)]
    async with own.desk.pool.acquire() as connection:
        paths = write_sdn(tmp_path, orlen, *others)
        report = await load(connection, "ofac-sdn", paths, OCTOBER, Archive(tmp_path / "archive"), minimum_rows=1)
    assert report.loaded
    return own


@pytest.mark.slow
async def test_screen_asks_for_a_person_by_her_name_and_the_day_of_her_birth(listing_a_person: Organisation) -> None:
    asked = ("registers", "screen", "Orlen Vask", "--person")
    her, another, none = await listing_a_person.shell.together(
        (*asked, "--country", "KE", "--born", "1961-04-03"),
        (*asked, "--born", "1999-04-03", "--json"),
        (*asked, "--born", "1961-02-31"),
    )
    assert "100 VASK, Orlen (exact)" in her.words
    assert "born 1961-04-03, listed as born 1961-04-03: the same day" in her.words
    told = [line for match in another.json["matches"] for line in match["explanation"] if "born" in line]
    assert all("listed as born 1961-04-03: 38 years apart" in line for line in told)
    assert (none.code, "1961-02-31" in none.words) == (BAD_INPUT, True)


# Evidence made anew.


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_what_was_recorded_of_a_partnership_comes_out_of_the_archive_again(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    await life.handle.signal("registers_changed")
    await life.until_told("RegistersRechecked")
    told = await shell.done("registers", "replay", reference)
    assert told.stdout.count("the same: EIN 001000001 in irs-bmf version") == len(("verified", "rechecked"))
    assert told.stdout.count("names against ofac-consolidated version") == len(("verified", "rechecked"))
    assert "not the same" not in told.words


@pytest.mark.slow
async def test_a_file_of_evidence_comes_out_again_and_an_altered_one_is_refused(shell: Shell, file: File) -> None:
    name = "Zorvan Trade Education Fund"
    made = await shell.done(
        "verify-recipient", "--kind", "NONPROFIT", "--name", name, "--ein", "001000008", "--funder", "ISOC", "--json"
    )
    good = file(made.stdout, "good.json")
    assert json.loads(made.stdout)["evidence"]["manner"] == RULE_BOOK.manner
    alterations: tuple[Callable[[Any], None], ...] = (
        lambda told: told["screening"].update(matches=[]),
        lambda told: told["screening"]["asked"][0].update(sha256="ab" * 32),
    )
    altered = []
    for number, alter in enumerate(alterations):
        content = json.loads(made.stdout)
        alter(content["evidence"]["verification"])
        altered.append(file(content, f"altered-{number}.json"))
    again, *answers = await shell.together(*(("registers", "replay", path) for path in (good, *altered)))
    assert (again.code, again.words.count("the same: "), "not the same" in again.words) == (0, 2, False)
    assert_fails(answers[0], REFUSED, "not the same", "matches: recorded []", "1 differences between what was recorded")
    assert_fails(answers[1], REFUSED, "not the same", "has the digest", "and the evidence says abababababababab")


CENTRAL = "001000002"


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "shared", [pytest.param("001000001", id="of the payee"), pytest.param(CENTRAL, id="of the payee's group")]
)
async def test_a_partner_who_gives_the_ein_of_another_is_not_taken_for_the_one_that_was_verified(
    shell: Shell, desk: Desk, reference: str, shared: str
) -> None:
    payee = party(central={"name": "Lakeside Chapter Union", "ein": CENTRAL})
    life = Life(desk, reference)
    await life.propose(
        proposal(reference, partner=party("Plains Consortium", ein=shared), funds_out=funds_out(payee=payee))
    )
    await life.until(lambda known: known.assessment is not None)
    told = await shell.done("registers", "replay", reference)
    assert (told.words.count("the same: "), "not the same" in told.words) == (3, False)
    for ein_asked in ("001000001", CENTRAL):
        assert f"the same: EIN {ein_asked} in irs-bmf version" in told.words


Change = Callable[[Any], None]


def another_bearer(told: Any) -> None:
    told["parties"].insert(0, {**told["parties"][0], "name": "Plains Consortium"})


def without_an_ein(told: Any) -> None:
    told["parties"].insert(0, {**told["parties"][0], "ein": None})


def said_who(told: Any) -> None:
    told["payee"] = told["parties"][0]
    another_bearer(told)


def nobody(told: Any) -> None:
    told["parties"] = [{**told["parties"][0], "ein": "001000009"}]


def status_left_out(told: Any) -> None:
    told.update(payee=told["parties"][0])
    told["verification"].update(status=None)


@pytest.mark.slow
async def test_a_file_of_evidence_tells_who_was_verified_or_is_told_apart_by_the_ein(shell: Shell, file: File) -> None:
    name = "Zorvan Trade Education Fund"
    made = await shell.done(
        "verify-recipient", "--kind", "NONPROFIT", "--name", name, "--ein", "001000008", "--funder", "ISOC", "--json"
    )

    def replay(change: Change) -> tuple[str | Path, ...]:
        content = json.loads(made.stdout)
        del content["evidence"]["payee"]
        change(content["evidence"])
        return ("registers", "replay", file(content, f"{change.__name__}.json"))

    several, alone, told, none, hidden = await shell.together(
        *(replay(one) for one in (another_bearer, without_an_ein, said_who, nobody, status_left_out))
    )
    remedy = "name the one that was verified as `payee`"
    assert_fails(several, BAD_INPUT, "parties: 2 of them bear EIN 001000008", remedy)
    assert_fails(none, BAD_INPUT, "parties: 0 of them bear EIN 001000008", remedy)
    assert "the same: EIN 001000008 in irs-bmf" in alone.words
    assert "not the same: EIN" not in alone.words + told.words
    assert "the same: EIN 001000008 in irs-bmf" in told.words
    assert_fails(hidden, REFUSED, f"{name} bears EIN 001000008, and the evidence is of no EIN")


async def test_what_is_no_evidence_is_bad_input(shell: Shell, file: File, tmp_path: Path) -> None:
    await assert_all_fail(
        shell,
        (("registers", "replay", tmp_path / "none.json"), BAD_INPUT, ["cannot be opened, and it is no partnership"]),
        (("registers", "replay", file("{}", "empty.json")), BAD_INPUT, ["parties: missing", "verify-recipient"]),
    )


# A refused version, and who answers for it.


@pytest.fixture
async def refused(own: Organisation, publish: Publish) -> int:
    """The version of a master file with too few rows."""
    assert (await publish(10, OCTOBER)).loaded
    report = await publish(4, NOVEMBER)
    assert report.refused
    return report.version


async def rows_in_force(organisation: Organisation) -> list[int]:
    found = await organisation.desk.pool.fetch("SELECT row_count FROM registers.versions WHERE state = 'IN_FORCE'")
    return [row["row_count"] for row in found]


async def overrides(organisation: Organisation, register: str = "irs-bmf") -> list[Any]:
    stored = await organisation.desk.ledger.read_stream(StreamId.register(register))
    return [from_ledger(event).event for event in stored]


@pytest.mark.slow
async def test_a_verifier_puts_a_refused_version_in_force_and_the_ledger_and_the_status_say_so(
    own: Organisation, refused: int
) -> None:
    answer = await own.shell.done("registers", "override", str(refused), *REASON, "--as", "vera.lind", "--json")
    assert (answer.json["loaded"], answer.json["rows"], answer.json["left"]) == (True, 4, 6)
    assert await rows_in_force(own) == [4]
    [event] = await overrides(own)
    assert isinstance(event, GuardOverridden)
    assert (event.actor, event.version, event.refusal) == (
        "vera.lind", refused, "4 rows, 60% fewer than the 10 in force; fetch the file again",
    )  # fmt: skip
    assert override_fault(event, await own.directory(), verified, event.at.date()) is None
    table, machine = await own.shell.together(("registers", "status"), ("registers", "status", "--json"))
    note = f"in force by override of version {refused}: {REASON[1]}"
    assert [row["note"] for row in machine.json if row["state"] == "IN_FORCE"] == [note]
    assert f"in force by override of version {refused}" in table.words


@pytest.mark.slow
async def test_nobody_else_does_and_nothing_else_than_a_refused_version(own: Organisation, refused: int) -> None:
    def override(version: int, who: str) -> tuple[str, ...]:
        return ("registers", "override", str(version), *REASON, "--as", who)

    await assert_all_fail(
        own.shell,
        (
            override(refused, "otto.audit"),
            REFUSED,
            ["Otto Marsh may not override a guard: a director or a verifier must"],
        ),
        (override(refused, "noor.haddad"), REFUSED, ["no key of noor.haddad"]),
        (override(refused - 1, "vera.lind"), BAD_INPUT, ["was not refused; see `accord registers status`"]),
    )
    assert (await rows_in_force(own), await overrides(own)) == ([10], [])


@pytest.mark.slow
async def test_what_cannot_be_read_is_overridden_by_nobody_and_no_word_of_it_is_recorded(
    own: Organisation, refused: int, file: File
) -> None:
    page = file("<!DOCTYPE html><html>Sign in</html>", "eo1.csv")
    assert (await own.shell("registers", "load", "irs-bmf", page, "--as-of", "2026-11-01")).code == BAD_INPUT
    answer = await own.shell("registers", "override", str(refused + 2), *REASON, "--as", "vera.lind")
    assert_fails(answer, BAD_INPUT, "eo1.csv is a web page")
    assert (await rows_in_force(own), await overrides(own)) == ([10], [])


# A version in full.


@pytest.fixture
async def faulty(own: Organisation, tmp_path: Path) -> LoadReport:
    """A refused master file of 200 rows and 25 that are none, one of which would steer a terminal."""
    path = write_bmf(tmp_path, 200)
    bad = ["no row at all \x1b[31m", *(f"{n},RIVERBEND" for n in range(24))]
    path.write_text(path.read_text("utf-8") + "".join(f"{row}\n" for row in bad), "utf-8")
    async with own.desk.pool.acquire() as connection:
        report = await load(connection, "irs-bmf", [path], OCTOBER, Archive(tmp_path / "archive"), minimum_rows=1)
    assert report.refused
    return report


TOO_MANY_BAD = (
    "25 of 225 lines are bad, more than 1% (the first: bmf.csv line 202: 1 fields where 28 are expected); "
    "see the reasons and fetch the file again"
)


@pytest.mark.slow
async def test_the_status_tells_refusals_and_digests_whole(own: Organisation, faulty: LoadReport) -> None:
    table = await own.shell.done("registers", "status")
    assert f"irs-bmf version {faulty.version}: {TOO_MANY_BAD}" in table.stdout.splitlines()
    assert faulty.sha256 in table.stdout
    narrow = await own.shell.where(COLUMNS="60").done("registers", "status")
    assert f"irs-bmf version {faulty.version}: {TOO_MANY_BAD}" in narrow.stdout.splitlines()


@pytest.mark.slow
async def test_a_version_is_shown_with_its_files_and_its_bad_rows(own: Organisation, faulty: LoadReport) -> None:
    version = ("registers", "version", str(faulty.version))
    shown, few, machine = await own.shell.together(version, (*version, "--limit", "1"), (*version, "--json"))
    lines = shown.stdout.splitlines()
    assert lines[0] == f"irs-bmf version {faulty.version} of 2026-10-01, REFUSED"
    assert lines[1].startswith("Loaded at 20")
    assert lines[1].endswith(f", sha256 {faulty.sha256}")
    assert lines[2] == f"Note: {TOO_MANY_BAD}"
    [file] = machine.json["files"]
    assert lines[3:7] == [
        f"File bmf.csv, sha256 {file['sha256']}",
        "200 rows, 25 bad; 20 of the 25 kept are shown",
        "bmf.csv line 202: 1 fields where 28 are expected",
        "    no row at all \N{REPLACEMENT CHARACTER}[31m",
    ]
    assert (shown.words.count("bmf.csv line"), few.words.count("bmf.csv line")) == (21, 2), (
        "the first is in the note too"
    )
    assert "1 of the 25 kept are shown" in few.words
    assert {key: machine.json[key] for key in ("register", "version", "state", "row_count", "bad_count", "note")} == {
        "register": "irs-bmf", "version": faulty.version, "state": "REFUSED", "row_count": 200, "bad_count": 25,
        "note": TOO_MANY_BAD,
    }  # fmt: skip
    assert (machine.json["bad_rows_kept"], len(machine.json["bad_rows"])) == (25, 20)
    assert machine.json["bad_rows"][1] == {
        "file": "bmf.csv", "line": 203, "reason": "2 fields where 28 are expected", "row": "0,RIVERBEND",
    }  # fmt: skip


@pytest.mark.slow
async def test_a_version_in_force_is_shown_too_and_one_that_there_is_not_is_bad_input(
    own: Organisation, publish: Publish
) -> None:
    report = await publish(3, OCTOBER)
    shown, *others = await own.shell.together(
        ("registers", "version", str(report.version)),
        ("registers", "version", str(10**30)),
        ("registers", "version", "0", "--json"),
    )
    assert (shown.code, shown.stdout.splitlines()[0]) == (
        0,
        f"irs-bmf version {report.version} of 2026-10-01, IN_FORCE",
    )
    assert "3 rows, 0 bad" in shown.words
    for answer in others:
        assert_fails(answer, BAD_INPUT, "there is no version", "of a register; see `accord registers status`")
        assert (answer.stdout, len(answer.stderr.strip().splitlines())) == ("", 1)


@pytest.mark.slow
async def test_a_refused_load_tells_where_its_reasons_are_seen(
    own: Organisation, faulty: LoadReport, tmp_path: Path
) -> None:
    load_again = ("registers", "load", "irs-bmf", tmp_path / "bmf.csv", "--as-of", "2026-11-01", "--minimum-rows", "1")
    refused = await own.shell(*load_again)
    newest = await own.desk.pool.fetchval("SELECT max(version) FROM registers.versions")
    assert newest > faulty.version
    seen = f"the version in force stays, and `accord registers version {newest}` shows why"
    assert_fails(refused, REFUSED, TOO_MANY_BAD, seen)
    assert (await own.shell.done("registers", "version", str(newest))).words.count("bmf.csv line") == 21


# Refreshing.


@asynccontextmanager
async def mirror_without_files() -> AsyncIterator[str]:
    """The address of a server that answers, and has nothing."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.slow
async def test_a_refresh_that_cannot_be_ends_in_one_line(own: Organisation) -> None:
    async with mirror_without_files() as address:
        unknown, absent = await own.shell.where(NO_PROXY="127.0.0.1").together(
            ("registers", "refresh", "ofac-sdm"), ("registers", "refresh", "un-consolidated", "--mirror", address)
        )
    assert_fails(unknown, BAD_INPUT, "no register 'ofac-sdm'; there are irs-bmf, irs-pub78")
    assert_fails(absent, UNREACHABLE, address, "is not there (404 Not Found)", "the version in force stays")
    for answer in (unknown, absent):
        assert (answer.stdout, len(answer.stderr.strip().splitlines())) == ("", 1)


async def test_a_mirror_that_does_not_answer_leaves_the_version_in_force(
    pool: asyncpg.Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_DATABASE_URL", database)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(refreshing, "fetch", partial(fetch, limits=DownloadLimits(pauses=())))
    with pytest.raises(Unreachable) as told:
        await asyncio.to_thread(refresh_registers, ["ofac-sdn"], NOBODY)
    message = str(told.value)
    assert told.value.exit_code is ExitCode.UNREACHABLE
    assert message.startswith(f"{NOBODY}/sdn.csv cannot be reached")
    assert message.endswith("try again later; the version in force stays")
    assert "\n" not in message
    assert await pool.fetchval("SELECT count(*) FROM registers.versions") == 0


@pytest.mark.slow
async def test_what_is_archived_is_for_its_owners_eyes(shell: Shell, database: str, tmp_path: Path) -> None:
    """Attack 24: archives and files were readable by everybody on the machine."""
    small = ("--minimum-rows", "1", "--as-of", "2026-11-01")
    own = shell.where(ACCORD_DATABASE_URL=database, ACCORD_ARCHIVE=str(tmp_path / "archive"))
    await own.done("registers", "load", "irs-bmf", SAMPLE / "registers" / "bmf.csv", *small)
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "archive").rglob("*")}
    assert modes == {0}


# A sanctions list that lost entries: one person is not enough.


@pytest.fixture
async def lost(own: Organisation, tmp_path: Path) -> int:
    """The version of a list of ten that lost four, which its guards refused."""
    rows = [sdn_row(9000 + number, f"ZORVANIA BUREAU {number}") for number in range(10)]
    for listed, on in ((rows, OCTOBER), (rows[:6], NOVEMBER)):
        async with own.desk.pool.acquire() as connection:
            paths = write_sdn(tmp_path, *listed)
            report = await load(connection, "ofac-sdn", paths, on, Archive(tmp_path / "archive"), minimum_rows=1)
    assert report.refused
    return report.version


def answer_for_list(version: int, who: str) -> tuple[str, ...]:
    return ("registers", "override", str(version), *REASON, "--as", who)


@pytest.mark.slow
async def test_a_list_that_lost_entries_is_in_force_once_two_people_answer_for_it(own: Organisation, lost: int) -> None:
    for _ in range(2):  # who says it twice is one person
        first = await own.shell.done(*answer_for_list(lost, "vera.lind"))
        assert "vera.lind answers for it. ofac-sdn says who may not be dealt with, so 2 people must" in first.words
        assert await rows_in_force(own) == [10]
    second = await own.shell.done(*answer_for_list(lost, "dora.kim"))
    assert "is in force: 6 rows" in second.words
    assert await rows_in_force(own) == [6]
    told = [event for event in await overrides(own, "ofac-sdn") if isinstance(event, GuardOverridden)]
    assert {event.actor for event in told} == {"vera.lind", "dora.kim"}


@pytest.mark.slow
async def test_who_answered_before_another_version_came_answers_no_more(
    own: Organisation, lost: int, tmp_path: Path
) -> None:
    """Given one answer, and then a newer list in force, then a second one does not put the older one in its place."""
    await own.shell.done(*answer_for_list(lost, "vera.lind"))
    rows = [sdn_row(9000 + number, f"ZORVANIA BUREAU {number}") for number in range(11)]
    async with own.desk.pool.acquire() as connection:
        newer = write_sdn(tmp_path, *rows)
        assert (await load(connection, "ofac-sdn", newer, NOVEMBER, Archive(tmp_path / "archive"), 1)).loaded
    waiting = await own.shell.done(*answer_for_list(lost, "dora.kim"), "--json")
    assert waiting.json == {"register": "ofac-sdn", "loaded": False, "answers": ["dora.kim"], "needed": 2}
    assert await rows_in_force(own) == [11]


@pytest.mark.slow
async def test_the_answer_of_somebody_whose_key_was_revoked_counts_no_more(own: Organisation, lost: int) -> None:
    await own.shell.done(*answer_for_list(lost, "vera.lind"))
    told = await own.shell.done("staff", "revoke", "vera.lind", "--as", "dora.kim")
    [change_id] = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", told.words)[:1]
    await own.shell.done("staff", "confirm", change_id, "--as", "otto.audit")
    waiting = await own.shell.done(*answer_for_list(lost, "dora.kim"), "--json")
    assert (waiting.json["loaded"], waiting.json["answers"]) == (False, ["dora.kim"])


@pytest.mark.slow
async def test_what_publishers_are_told_of_who_asks_must_be_one_line(own: Organisation) -> None:
    odd = own.shell.where(ACCORD_USER_AGENT="Riverbend\nHost: elsewhere")
    answer = await odd("registers", "refresh", "ofac-sdn", "--mirror", NOBODY)
    assert_fails(answer, BAD_INPUT, "ACCORD_USER_AGENT: ", " is no name; write one line of up to 200 ASCII characters")


@pytest.mark.slow
async def test_a_look_keeps_the_lists_that_it_indexed_and_the_next_asks_them(shell: Shell, tmp_path: Path) -> None:
    """Given a data folder without indexed lists, when two look, then both are told the same, and one file is left."""
    looking = shell.where(ACCORD_DATA=str(tmp_path))
    ask = ("registers", "screen", "Zorvania Trading Bureau", "--country", "KE", "--json")
    first = await looking.done(*ask)
    (kept,) = (tmp_path / "lists").iterdir()
    written = kept.stat().st_mtime_ns
    second = await looking.done(*ask)
    assert json.loads(first.stdout)["matches"] == json.loads(second.stdout)["matches"] != []
    assert [(path, path.stat().st_mtime_ns) for path in (tmp_path / "lists").iterdir()] == [(kept, written)]
    elsewhere = await shell.done(*ask)
    assert json.loads(elsewhere.stdout)["matches"] == json.loads(first.stdout)["matches"]
