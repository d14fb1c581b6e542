"""Evidence counts for years because anybody can make it anew: what does not come out again was altered, and is told."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import asyncpg
import pytest

from domain.parties import Party
from domain.screening.matches import MatchKind, ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from registers.history import NOW, RegisterAsOf, all_rows, confirm, files_of, versions_in_force
from registers.loading.archive import Archive
from registers.loading.loader import load
from registers.loading.texts import UnreadableFile
from registers.lookup import status_of
from registers.matching import DEFAULT_THRESHOLD, Manner
from registers.replay import EvidenceReplay, replay_screening, replay_status
from registers.screening import lists as screening
from registers.screening.lists import screen
from registers.sources.catalogue import LISTS
from registers.sources.irs import MASTER_FILE_FIELDS
from tests.builders import party
from tests.registers.files import (
    FIRST_DAY,
    NEXT_DAY,
    SAMPLE,
    SDN_NAMES,
    bmf_row,
    ein,
    pub78_row,
    revocation_row,
    sdn_row,
    write,
    write_bmf,
    write_sdn,
)

KNOWN = party("Riverbend Library Network", ein=ein(1))
NAMED = (party("Zorvania Trade Bureau"), party("Obsidian Pier Trading"), party("Zorvania Trade Bureua"))


@pytest.fixture(autouse=True)
def _no_lists_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists of another test, in another database, are none of this one's."""
    monkeypatch.setattr(screening, "_HERE", screening.Here())


class Office(NamedTuple):
    """A database with an archive of its own, which can be tampered with."""

    connection: asyncpg.Connection
    archive: Archive
    folder: Path

    async def load(self, register: str, *paths: Path, on: date = FIRST_DAY) -> None:
        report = await load(self.connection, register, paths, on, self.archive, minimum_rows=1)
        assert report.loaded

    async def status(self, as_of: RegisterAsOf = NOW) -> StatusEvidence:
        found = await status_of(self.connection, KNOWN, as_of)
        assert found is not None
        return found

    async def screening(self, as_of: RegisterAsOf = NOW) -> ScreeningEvidence:
        return await screen(self.connection, NAMED, as_of)

    async def status_again(self, recorded: StatusEvidence) -> EvidenceReplay:
        return await replay_status(self.connection, self.archive, KNOWN, recorded)

    async def screening_again(self, recorded: ScreeningEvidence, parties: tuple[Party, ...] = NAMED) -> EvidenceReplay:
        return await replay_screening(self.connection, self.archive, parties, recorded, DEFAULT_THRESHOLD)

    async def archived(self, version: int) -> Path:
        return self.archive.open((await files_of(self.connection, version))[0])


@pytest.fixture
async def office(connection: asyncpg.Connection, tmp_path: Path) -> Office:
    """An office with a month of the registers of status, and the sample's sanctions lists."""
    made = Office(connection, Archive(tmp_path / "archive"), tmp_path)
    await made.load("irs-bmf", write_bmf(tmp_path, 10))
    codes = write(tmp_path, "pub78.txt", *[pub78_row(n) for n in range(8)], pub78_row(1, codes="GROUP"))
    await made.load("irs-pub78", codes)
    revoked = [revocation_row(1, reinstated="15-NOV-2018"), revocation_row(1, "15-NOV-2015")]
    await made.load("irs-revocation", write(tmp_path, "revocation.txt", *revoked))
    await made.load("ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])
    await made.load("un-consolidated", SAMPLE / "un_consolidated.xml")
    return made


async def next_month(office: Office) -> None:
    """Everything is published anew, in another order, and much of it is other than it was."""
    names = [bmf_row(n, "RIVERBEND READERS" if n == 1 else "RIVERBEND") for n in range(9, -1, -1)]
    await office.load("irs-bmf", write(office.folder, "bmf.csv", MASTER_FILE_FIELDS, *names), on=NEXT_DAY)
    codes = [pub78_row(n, codes="SO" if n == 1 else "PC") for n in range(9, -1, -1)]
    await office.load("irs-pub78", write(office.folder, "pub78.txt", *codes), on=NEXT_DAY)
    paths = []
    for name in SDN_NAMES:
        lines = (SAMPLE / name).read_text().replace("ZORVANIA TRADE BUREAU", "QUILLMARK").rstrip("\x1a\n").split("\n")
        paths.append(write(office.folder, name, *reversed(lines), "\x1a"))
    await office.load("ofac-sdn", *paths, on=NEXT_DAY)


# What was not altered comes out again


async def test_the_status_of_an_organisation_comes_out_again(office: Office) -> None:
    recorded = await office.status()
    assert (recorded.master_file is not None, len(recorded.publication78), len(recorded.revocations)) == (True, 2, 2)
    versions = ", ".join(f"{one.register_name} version {one.version}" for one in recorded.asked)
    assert await office.status_again(recorded) == EvidenceReplay(f"EIN {ein(1)} in {versions}", ())


async def test_who_bears_a_name_as_a_further_one_comes_out_again(office: Office) -> None:
    """Given another number with the name in SORT_NAME, then the archive finds it as the database does."""
    rows = [*map(bmf_row, range(9)), bmf_row(9, "GRAND LODGE OF OAKFORD") + "READERS QUILLMARK NETWORK"]
    rows[1] = bmf_row(1, "QUILLMARK READERS NETWORK")
    await office.load("irs-bmf", write(office.folder, "bmf.csv", MASTER_FILE_FIELDS, *rows), on=NEXT_DAY)
    named = party("Readers Quillmark Network", ein=ein(1))
    recorded = await status_of(office.connection, named)
    assert recorded is not None
    assert ein(9) in {other.ein for compared in recorded.identity for other in compared.others}
    assert (await replay_status(office.connection, office.archive, named, recorded)).faults == ()


async def test_a_screening_comes_out_again(office: Office) -> None:
    recorded = await office.screening()
    assert {match.kind for match in recorded.matches} == {MatchKind.EXACT, MatchKind.NEAR}
    assert {match.source.register_version.register_name for match in recorded.matches} == {
        one.register_name for one in recorded.asked
    }
    versions = ", ".join(f"{one.register_name} version {one.version}" for one in recorded.asked)
    assert await office.screening_again(recorded) == EvidenceReplay(f"3 names against {versions}", ())


@pytest.mark.parametrize("manner", list(Manner))
async def test_a_screening_comes_out_again_in_the_manner_in_which_it_was_made(office: Office, manner: Manner) -> None:
    """Given evidence of each manner, then it comes out in that manner, and is told as another in the other."""
    versions = await versions_in_force(office.connection, LISTS)
    rows = [row for version in versions for row in await all_rows(office.connection, version.version)]
    parties = (party("Obsidian Pier Trading UK"), party("Zorvania Trade Bureau Kenya"))
    recorded = screening.evidence_of(screening.indexed(rows, manner), parties, versions)
    assert recorded.matches
    for other in Manner:
        again = await replay_screening(office.connection, office.archive, parties, recorded, DEFAULT_THRESHOLD, other)
        assert (again.faults == ()) is (other is manner)


async def test_that_nothing_was_found_comes_out_again(office: Office) -> None:
    nobody, unlisted = (party("Lakeside School of Networking"),), party(ein="999999999")
    recorded = await screen(office.connection, nobody)
    assert recorded.matches == ()
    assert (await office.screening_again(recorded, nobody)).faults == ()
    status = await status_of(office.connection, unlisted)
    assert status is not None
    assert (await replay_status(office.connection, office.archive, unlisted, status)).faults == ()


async def test_that_nobody_was_asked_comes_out_again(connection: asyncpg.Connection, tmp_path: Path) -> None:
    empty = Office(connection, Archive(tmp_path / "archive"), tmp_path)
    assert (await empty.status_again(await empty.status())).what == f"EIN {ein(1)} in no register"
    assert await empty.screening_again(await empty.screening()) == EvidenceReplay("3 names against no register", ())


async def test_evidence_of_a_month_comes_out_again_when_the_registers_moved_on(office: Office) -> None:
    status, screened = await office.status(), await office.screening()
    await next_month(office)
    assert (await office.status()).codes != status.codes
    assert (await office.status_again(status)).faults == ()
    assert (await office.screening_again(screened)).faults == ()


async def test_a_confirmation_that_nobody_heard_is_told(office: Office) -> None:
    status = await office.status()
    invented = tuple(one.model_copy(update={"confirmed_on": NEXT_DAY}) for one in status.asked)
    faults = (await office.status_again(status.model_copy(update={"asked": invented}))).faults
    assert len(faults) == len(invented)
    assert all(f"was confirmed as of no day, and the evidence says {NEXT_DAY}" in fault for fault in faults)


async def test_evidence_of_rows_that_stayed_in_other_places_comes_out_again(office: Office) -> None:
    await next_month(office)
    status, screened = await office.status(), await office.screening()
    assert screened.matches
    assert (await office.status_again(status)).faults == ()
    assert (await office.screening_again(screened)).faults == ()


async def test_evidence_of_a_look_back_comes_out_again(office: Office) -> None:
    before = RegisterAsOf(true_on=FIRST_DAY)
    then = await office.status(before)
    await next_month(office)
    now = await office.status(before)
    assert now.model_dump(exclude={"asked_at"}) == then.model_dump(exclude={"asked_at"})
    assert (await office.status_again(now)).faults == ()
    assert (await office.screening_again(await office.screening(before))).faults == ()


async def test_a_clearance_that_came_after_the_screening_is_no_difference(office: Office) -> None:
    recorded = await office.screening()
    cleared = tuple(match.model_copy(update={"cleared_by": ("vera.lind",)}) for match in recorded.matches)
    assert (await office.screening_again(recorded.model_copy(update={"matches": cleared}))).faults == ()


async def test_of_rows_that_share_an_ein_where_it_is_unique_the_one_that_was_loaded_comes_out_again(
    office: Office,
) -> None:
    first = write(office.folder, "eo1.csv", MASTER_FILE_FIELDS, bmf_row(1, "ZEBRA NETWORK"), bmf_row(1, "YARROW"))
    others = [bmf_row(n) for n in range(2, 400)]
    second = write(office.folder, "eo2.csv", MASTER_FILE_FIELDS, bmf_row(1, "ALPHA NETWORK"), *others)
    await office.load("irs-bmf", first, second, on=NEXT_DAY)
    recorded = await office.status()
    assert recorded.master_file is not None
    assert recorded.master_file.name == "ZEBRA NETWORK"
    assert (await office.status_again(recorded)).faults == ()


@pytest.mark.slow
async def test_looking_one_ein_up_takes_no_more_memory_in_a_long_file(office: Office) -> None:
    rows = 20_000
    await office.load("irs-pub78", write(office.folder, "pub78.txt", *map(pub78_row, range(rows))), on=NEXT_DAY)
    recorded = await office.status()
    tracemalloc.start()
    try:
        assert (await office.status_again(recorded)).faults == ()
        assert tracemalloc.get_traced_memory()[1] < 5_000_000 < rows * 300
    finally:
        tracemalloc.stop()


async def test_that_a_publisher_confirmed_a_version_since_is_no_difference(office: Office) -> None:
    status, screened = await office.status(), await office.screening()
    for one in (*status.asked, *screened.asked):
        await confirm(office.connection, one.version, NEXT_DAY)
    confirmed = await office.status()
    assert {one.confirmed_on for one in confirmed.asked} == {NEXT_DAY}
    assert (await office.status_again(status)).faults == (await office.status_again(confirmed)).faults == ()
    assert (await office.screening_again(screened)).faults == ()


async def test_a_register_that_came_later_is_not_missed(office: Office) -> None:
    recorded = await office.screening()
    stem = {"sdn.csv": "cons_prim.csv", "alt.csv": "cons_alt.csv", "add.csv": "cons_add.csv"}
    paths = [write(office.folder, stem[one.name], one.read_text("utf-8")) for one in write_sdn(office.folder)]
    paths[0] = write(office.folder, "cons_prim.csv", sdn_row(1, "QUILLMARK FREIGHT"))
    await office.load("ofac-consolidated", *paths)
    assert len((await office.screening()).asked) == len(recorded.asked) + 1
    assert (await office.screening_again(recorded)).faults == ()


# What was altered of the versions that were asked is told

Recorded = TypeVar("Recorded", StatusEvidence, ScreeningEvidence)
YEARS_LATER = date(2030, 1, 1)


def everywhere(value: Any, **change: Any) -> Any:
    """The evidence with every mention of a version changed."""
    match value:
        case {"register_name": _}:
            return {**value, **change}
        case dict():
            return {key: everywhere(item, **change) for key, item in value.items()}
        case list():
            return [everywhere(item, **change) for item in value]
        case _:
            return value


def altered_everywhere(recorded: Recorded, **change: Any) -> Recorded:
    return type(recorded).model_validate(everywhere(recorded.model_dump(mode="json"), **change))


def without(recorded: ScreeningEvidence, register: str) -> ScreeningEvidence:
    """The evidence without a list, and without what it says."""
    kept = tuple(one for one in recorded.matches if one.source.register_version.register_name != register)
    asked = tuple(one for one in recorded.asked if one.register_name != register)
    return recorded.model_copy(update={"asked": asked, "matches": kept})


def named(version: RegisterVersion) -> str:
    return f"{version.register_name} version {version.version}"


async def test_a_date_that_was_altered_everywhere_is_told_of_each_version(office: Office) -> None:
    status, screened = await office.status(), await office.screening()
    told = "is of 2026-11-01, and the evidence says 2030-01-01"
    again = await office.status_again(altered_everywhere(status, source_date=YEARS_LATER))
    assert again.faults == tuple(f"{named(one)} {told}" for one in status.asked)
    again = await office.screening_again(altered_everywhere(screened, source_date=YEARS_LATER))
    assert again.faults == tuple(f"{named(one)} {told}" for one in screened.asked)


async def test_a_digest_that_was_altered_everywhere_is_told_of_each_version(office: Office) -> None:
    status = await office.status()
    again = await office.status_again(altered_everywhere(status, sha256="ab" * 32))
    told = "and the evidence says abababababababab"
    assert again.faults == tuple(f"{named(one)} has the digest {one.sha256[:16]}, {told}" for one in status.asked)


async def test_a_digest_that_was_altered_in_one_place_is_told(office: Office) -> None:
    recorded = await office.status()
    first = recorded.asked[0]
    asked = (first.model_copy(update={"sha256": "ab" * 32}), *recorded.asked[1:])
    faults = (await office.status_again(recorded.model_copy(update={"asked": asked}))).faults
    assert faults[0] == f"{named(first)} has the digest {first.sha256[:16]}, and the evidence says abababababababab"
    assert [fault.partition(":")[0] for fault in faults[1:]] == ["master_file"]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_register_that_was_left_out_with_all_that_it_says_is_told(office: Office, place: int) -> None:
    recorded = await office.status()
    field, nothing = (("master_file", None), ("publication78", ()), ("revocations", ()))[place]
    asked = tuple(one for number, one in enumerate(recorded.asked) if number != place)
    faults = (await office.status_again(recorded.model_copy(update={"asked": asked, field: nothing}))).faults
    told = f"{recorded.asked[place].register_name} was in force at {recorded.asked_at:%Y-%m-%d %H:%M} UTC"
    assert faults[0] == f"{told}, and the evidence leaves it out"


@pytest.mark.parametrize("register", ["ofac-sdn", "un-consolidated"])
async def test_a_list_that_was_left_out_with_all_that_it_says_is_told(office: Office, register: str) -> None:
    recorded = await office.screening()
    (fault,) = (await office.screening_again(without(recorded, register))).faults
    told = f"{register} was in force at {recorded.asked_at:%Y-%m-%d %H:%M} UTC"
    assert fault == f"{told}, and the evidence leaves it out"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": 0}, id="a version that there is not"),
        pytest.param({"version": 10**30}, id="a version that there cannot be"),
        pytest.param({"register_name": "irs-990n"}, id="a register that says nothing of status"),
        pytest.param({"register_name": "irs-pub78"}, id="the version of another register"),
    ],
)
async def test_a_version_that_nobody_could_ask_is_told(office: Office, change: dict[str, Any]) -> None:
    recorded = await office.status()
    other = recorded.asked[0].model_copy(update=change)
    faults = (await office.status_again(recorded.model_copy(update={"asked": (other, *recorded.asked[1:])}))).faults
    told = f"was not one to ask at {recorded.asked_at:%Y-%m-%d %H:%M} UTC, and the evidence says that it was asked"
    assert faults[0] == f"{named(other)} {told}"


async def test_a_version_that_was_refused_could_not_be_asked(office: Office) -> None:
    recorded = await office.status()
    path = write_bmf(office.folder, 2)
    report = await load(office.connection, "irs-bmf", [path], NEXT_DAY, office.archive, minimum_rows=1)
    assert report.refused
    refused = RegisterVersion(
        register_name="irs-bmf", version=report.version, sha256=report.sha256, source_date=NEXT_DAY
    )
    later = recorded.model_copy(update={"asked": (refused, *recorded.asked[1:]), "asked_at": datetime.now(UTC)})
    assert (await office.status_again(later)).faults[0].startswith(f"{named(refused)} was not one to ask at ")


async def test_evidence_that_says_it_was_made_before_its_versions_came_is_told(office: Office) -> None:
    recorded = await office.status()
    before = recorded.model_copy(update={"asked_at": datetime(2026, 1, 1, 12, tzinfo=UTC)})
    faults = (await office.status_again(before)).faults
    told = "was not one to ask at 2026-01-01 12:00 UTC, and the evidence says that it was asked"
    assert faults[:3] == tuple(f"{named(one)} {told}" for one in recorded.asked)


async def test_a_register_that_is_asked_twice_is_told(office: Office) -> None:
    recorded = await office.status()
    twice = recorded.model_copy(update={"asked": (*recorded.asked, recorded.asked[0])})
    assert (await office.status_again(twice)).faults == ("irs-bmf speaks in one version, and the evidence asks 2",)


# What was altered is told


async def alter_row(office: Office, old: str, new: str) -> None:
    changed = "UPDATE registers.rows SET row = replace(row, $1, $2) WHERE strpos(row, $1) > 0"
    assert await office.connection.execute(changed, old, new) != "UPDATE 0"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        pytest.param("|PC", "|SO", "publication78", id="a code"),
        pytest.param("RIVERBEND LIBRARY NETWORK", "RIVERBEND LIBRARY", "master_file", id="a name"),
        pytest.param("|15-NOV-2018", "|", "revocations", id="a reinstatement"),
    ],
)
async def test_a_row_that_was_altered_in_the_database_is_told(office: Office, old: str, new: str, field: str) -> None:
    await alter_row(office, old, new)
    told = (await office.status_again(await office.status())).faults
    assert field in {fault.partition(":")[0] for fault in told}
    assert all("recorded " in fault and ", the archive says " in fault for fault in told)


async def test_a_row_that_was_put_in_or_taken_out_of_the_database_is_told(office: Office) -> None:
    await office.connection.execute("DELETE FROM registers.rows WHERE kind = 'revocation'")
    fault, names = (await office.status_again(await office.status())).faults
    assert fault.startswith("revocations: recorded [], the archive says [{")
    assert names.startswith("known_as: ")
    again = (
        "INSERT INTO registers.rows SELECT version, key, file, 99, row, kind, name_key, second_key FROM registers.rows"
        " WHERE kind = 'pub78'"
    )
    await office.connection.execute(again)
    told = (await office.status_again(await office.status())).faults
    assert [one.partition(":")[0] for one in told] == ["publication78", "revocations", "known_as"]


async def test_a_listed_name_that_was_altered_in_the_database_is_told(office: Office) -> None:
    await alter_row(office, "ZORVANIA TRADE BUREAU", "QUILLMARK FREIGHT")
    recorded = await office.screening()
    assert {match.listed_name for match in recorded.matches} == {"Obsidian Pier Trading"}
    (fault,) = (await office.screening_again(recorded)).faults
    assert fault.startswith("matches: recorded [")


@pytest.mark.parametrize(
    ("field", "value"),
    [("codes", ("SO",)), ("name", "Another Name")],
)
async def test_a_listing_that_was_altered_in_the_evidence_is_told(office: Office, field: str, value: Any) -> None:
    recorded = await office.status()
    listed = tuple(entry.model_copy(update={field: value}) for entry in recorded.publication78)
    (fault,) = (await office.status_again(recorded.model_copy(update={"publication78": listed}))).faults
    assert fault.startswith("publication78: recorded [")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"master_file": None}, "master_file", id="an entry left out"),
        pytest.param({"revocations": ()}, "revocations", id="revocations left out"),
        pytest.param({"name_agreement": 12.0}, "name_agreement", id="how well the name agrees"),
    ],
)
async def test_a_status_that_was_altered_is_told(office: Office, change: dict[str, Any], field: str) -> None:
    recorded = (await office.status()).model_copy(update=change)
    (fault,) = (await office.status_again(recorded)).faults
    assert fault.startswith(f"{field}: recorded ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("listed_name", "QUILLMARK"),
        ("entity", "9999"),
        ("programme", "ANOTHER"),
        ("score", 12.0),
        ("kind", MatchKind.NEAR),
    ],
)
async def test_a_match_that_was_altered_is_told(office: Office, field: str, value: Any) -> None:
    recorded = await office.screening()
    altered = (recorded.matches[0].model_copy(update={field: value}), *recorded.matches[1:])
    (fault,) = (await office.screening_again(recorded.model_copy(update={"matches": altered}))).faults
    assert fault.startswith("matches: recorded ")


async def test_matches_and_parties_that_were_left_out_are_told(office: Office) -> None:
    recorded = (await office.screening()).model_copy(update={"matches": (), "parties": ("Zorvania Trade Bureau",)})
    told = (await office.screening_again(recorded)).faults
    assert [fault.partition(":")[0] for fault in told] == ["parties", "matches"]


async def test_another_threshold_than_the_recorded_one_is_told(office: Office) -> None:
    recorded = await office.screening()
    again = await replay_screening(office.connection, office.archive, NAMED, recorded, 100.0)
    assert [fault.partition(":")[0] for fault in again.faults] == ["matches"]


async def test_a_difference_is_told_in_a_line_that_can_be_read(office: Office) -> None:
    recorded = (await office.screening()).model_copy(update={"matches": ()})
    (fault,) = (await office.screening_again(recorded)).faults
    assert fault.endswith(" ...")
    assert len(fault) < 500


# What cannot be made anew is told


async def test_a_file_that_was_changed_in_the_archive_is_told(office: Office) -> None:
    status, screened = await office.status(), await office.screening()
    for version in (status.asked[0], screened.asked[0]):
        place = await office.archived(version.version)
        place.write_bytes(place.read_bytes().replace(b"TRADE", b"BRAID").replace(b"NETWORK", b"FRAMEWORK"))
    with pytest.raises(UnreadableFile, match=r"^bmf\.csv \(.{16}\) was changed in the archive; restore it$"):
        await office.status_again(status)
    with pytest.raises(UnreadableFile, match=r"^sdn\.csv \(.{16}\) was changed in the archive; restore it$"):
        await office.screening_again(screened)


async def test_a_file_that_is_missing_in_the_archive_is_told(office: Office) -> None:
    status = await office.status()
    (await office.archived(status.asked[1].version)).unlink()
    with pytest.raises(UnreadableFile, match=r"^pub78\.txt \(.{16}\) is not in the archive "):
        await office.status_again(status)


async def test_a_version_whose_files_were_exchanged_in_the_database_is_told(office: Office) -> None:
    recorded = await office.screening()
    another = office.archive.keep(write(office.folder, "sdn.csv", "another"))
    await office.connection.execute("UPDATE registers.files SET sha256 = $1 WHERE name = 'sdn.csv'", another.sha256)
    with pytest.raises(
        UnreadableFile, match=r"^ofac-sdn version \d+ has other files on record than it was loaded from: "
    ):
        await office.screening_again(recorded)
