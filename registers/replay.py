"""Recompute evidence from archived files, found by digest, with the loader's parsing code, and report differences.

The database supplies only the versions and the list of their files. Everything else is read from the files, so evidence
that was altered, or was built from altered rows, differs from the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter
from typing import Any, Final, NamedTuple

from domain.parties import Party
from domain.screening.conversion import ReferenceRates
from domain.screening.matches import SanctionsMatch, ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from ledger import clock
from registers import Connection, lookup
from registers.history import Row, files_of
from registers.loading.archive import Archive, Archived
from registers.loading.numbers import Numbers
from registers.loading.rows import ParsedRow, read_rows
from registers.loading.texts import UnreadableFile, fingerprint
from registers.matching import NEWEST, Manner
from registers.naming import MOST, name_keys_of
from registers.screening import lists as screening
from registers.sources.catalogue import REGISTERS
from registers.sources.european_central_bank import key_of_day

_PLACES: Final = {"asked_at", "listed_since", "file", "line", "cleared_by", "confirmed_on", "pair", "entry"}
"""Fields left out of the comparison: times and places, later clearances, and digests of other fields."""

_KNOWN: Final = """
SELECT register, version, sha256, source_date,
       (SELECT max(confirmed_on) FROM registers.confirmations c
         WHERE c.version = v.version AND confirmed_at <= $2) AS confirmed_on
  FROM registers.versions v
 WHERE state IN ('IN_FORCE', 'SUPERSEDED') AND register = ANY ($1) AND loaded_at <= $2
"""


_LOADED: Final = """
SELECT sha256, source_date, NULL::date AS confirmed_on FROM registers.versions
 WHERE version = $1 AND register = $2 AND state IN ('IN_FORCE', 'SUPERSEDED')
"""


class EvidenceReplay(NamedTuple):
    """The outcome of a replay: what was replayed, and the faults found."""

    what: str
    faults: tuple[str, ...]


async def replay_status(
    connection: Connection, archive: Archive, party: Party, evidence: StatusEvidence
) -> EvidenceReplay:
    """Look up an EIN in the archived files of the versions that the evidence names, and compare the result with it.

    Raises:
        UnreadableFile: A file is missing or altered, or a version has other files on record than it was loaded from.
    """
    inquiry = await _asked(connection, lookup.ABOUT_STATUS, evidence)
    rows_by_register = {
        version.told.register_name: await _rows(connection, archive, version, _Wanted(evidence.ein))
        for version in inquiry.known
    }
    other_rows = await _others(connection, archive, inquiry.known, party, evidence, rows_by_register)
    again = lookup.evidence_of(party, evidence.ein, evidence.asked, rows_by_register, other_rows)
    if not evidence.identity:  # before edition 2026.6 names were compared without the place, and with nobody else's
        again = again.model_copy(update={"identity": ()})
    if not evidence.names:  # before edition 2026.4 names were not compared word by word
        again = again.model_copy(update={"names": ()})
    if not evidence.known_as:  # before edition 2026.5 the names that a register gives were not kept
        again = again.model_copy(update={"known_as": ()})
    subject = f"EIN {evidence.ein} in {_named(evidence.asked)}"
    return EvidenceReplay(subject, (*inquiry.faults, *_differences(evidence, again)))


async def replay_screening(
    connection: Connection,
    archive: Archive,
    parties: Sequence[Party],
    evidence: ScreeningEvidence,
    near_from: float,
    manner: Manner = NEWEST,
) -> EvidenceReplay:
    """Screen parties against the archived lists that the evidence names, and compare the result.

    `near_from` is the threshold, and `manner` how names were scored, under the edition of the evidence.

    Raises:
        UnreadableFile: A file is missing or altered, or a version has other files on record than it was loaded from.
    """
    inquiry = await _asked(connection, evidence.rule.lists, evidence)
    rows = [row for version in inquiry.known for row in await _rows(connection, archive, version, _Wanted())]
    again = screening.evidence_of(screening.indexed(rows, manner), parties, evidence.asked, near_from)
    as_of_then = {
        "matches": tuple(_as_of_then(again.matches, evidence.matches)),
        **evidence.model_dump(include={"binding", "list_days"}),
    }
    again = again.model_copy(update=as_of_then)
    subject = f"{len(evidence.parties)} names against {_named(evidence.asked)}"
    return EvidenceReplay(subject, (*inquiry.faults, *_differences(evidence, again)))


async def replay_rates(connection: Connection, archive: Archive, rates: ReferenceRates) -> EvidenceReplay:
    """Read the day of recorded rates in the archived file of the version that they name, and compare the rows.

    Raises:
        UnreadableFile: The file is missing or altered, or another is on record than the version was loaded from.
    """
    version, day = rates.source.register_version, rates.rates.day
    subject = f"reference rates of {day} in {_named((version,))}"
    row = await connection.fetchrow(_LOADED, version.version, version.register_name)
    if row is None:
        return EvidenceReplay(subject, (f"{_named((version,))} was never in force",))
    faults = _version_faults(version, row, clock.now())
    archive_rows = await _rows(connection, archive, _Version(version, row["sha256"]), _Wanted(key_of_day(day)))
    again = next((archive_row["row"] for archive_row in archive_rows), None)
    same = again == rates.source.row
    differences = () if same else (f"row: recorded {_short(rates.source.row)}, the archive says {_short(again)}",)
    return EvidenceReplay(subject, (*faults, *differences))


def _as_of_then(again: Sequence[SanctionsMatch], matches: Sequence[SanctionsMatch]) -> Iterator[SanctionsMatch]:
    """Yield matches with only what the evidence's edition knew of them."""
    then: dict[str, Any] = {}
    if all(match.certain for match in matches):  # before edition 2026.4 an exact name was a match by itself
        then["certain"] = True
    if not any(match.programmes for match in matches):  # before edition 2026.5 only one row's programme was kept
        then["programmes"] = ()
    yield from (match.model_copy(update=then) for match in again)


class _Version(NamedTuple):
    """A version that the evidence names and that is on record."""

    told: RegisterVersion
    """The version as the evidence states it."""
    sha256: str
    """The digest on record."""

    @property
    def name(self) -> str:
        return f"{self.told.register_name} version {self.told.version}"


class _Asked(NamedTuple):
    """The versions that the evidence names and that are on record, with all faults found."""

    known: tuple[_Version, ...]
    faults: tuple[str, ...]


async def _asked(connection: Connection, registers: Sequence[str], event: StatusEvidence | ScreeningEvidence) -> _Asked:
    """Compare the versions that the evidence names with those on record: equal details, one version per register."""
    rows = await connection.fetch(_KNOWN, list(registers), event.asked_at)
    on_record = {(row["register"], row["version"]): row for row in rows}
    known_versions, faults = list[_Version](), list[str]()
    for register_version in event.asked:
        row = on_record.get((register_version.register_name, register_version.version))
        known_versions += [_Version(register_version, row["sha256"])] if row else []
        faults += _version_faults(register_version, row, event.asked_at)
    return _Asked(tuple(known_versions), (*faults, *_set_faults(event, [row["register"] for row in rows])))


def _version_faults(register_version: RegisterVersion, row: Row | None, at: datetime) -> Iterator[str]:
    name = f"{register_version.register_name} version {register_version.version}"
    if row is None:
        yield f"{name} was not one to ask at {at:%Y-%m-%d %H:%M %Z}, and the evidence says that it was asked"
        return
    if row["source_date"] != register_version.source_date:
        yield f"{name} is of {row['source_date']}, and the evidence says {register_version.source_date}"
    if register_version.confirmed_on and (
        row["confirmed_on"] is None or row["confirmed_on"] < register_version.confirmed_on
    ):
        day = row["confirmed_on"] or "no day"
        yield f"{name} was confirmed as of {day}, and the evidence says {register_version.confirmed_on}"
    if row["sha256"] != register_version.sha256:
        yield f"{name} has the digest {row['sha256'][:16]}, and the evidence says {register_version.sha256[:16]}"


def _set_faults(event: StatusEvidence | ScreeningEvidence, in_force: Sequence[str]) -> Iterator[str]:
    counts = Counter(version.register_name for version in event.asked)
    for name in dict.fromkeys(in_force):
        if counts[name] == 0:
            yield f"{name} was in force at {event.asked_at:%Y-%m-%d %H:%M %Z}, and the evidence leaves it out"
        if counts[name] > 1:
            yield f"{name} speaks in one version, and the evidence asks {counts[name]}"


class _Wanted(NamedTuple):
    """The rows that are wanted: all, those of a key, or the first ones of other keys with a name of some name keys."""

    key: str | None = None
    name_keys: frozenset[int] | None = None

    def takes(self, row: ParsedRow) -> bool:
        """True if a row is wanted."""
        if self.name_keys is not None:
            return not self.name_keys.isdisjoint(_name_keys(row)) and row.key != self.key
        return self.key in (None, row.key)

    def in_order(self, rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return rows in the order that the database returns them, and as many."""
        if self.name_keys is not None:  # a name may be that of very many
            return nsmallest(MOST, rows, key=_PLACE)
        return sorted(rows, key=_PLACE)


def _name_keys(row: ParsedRow) -> tuple[int, ...]:
    """Return the keys of the names that a row gives its body."""
    return tuple(key for key in (row.name_key, row.second_key or None) if key is not None)


_PLACE: Final = itemgetter("kind", "row")


async def _rows(connection: Connection, archive: Archive, version: _Version, wanted: _Wanted) -> list[dict[str, Any]]:
    """Return a version's wanted rows from the archive, in the order that the database returns them."""
    files = await files_of(connection, version.told.version)
    files_digest = fingerprint({file.name: file.sha256 for file in files})
    if files_digest != version.sha256:
        raise UnreadableFile(
            f"{version.name} has other files on record than it was loaded from: {files_digest[:16]}, not"
            f" {version.sha256[:16]}"
        )
    return wanted.in_order(_as_loaded(archive, version.told, files, wanted))


async def _others(
    connection: Connection,
    archive: Archive,
    versions: Sequence[_Version],
    party: Party,
    evidence: StatusEvidence,
    rows_by_register: Mapping[str, Sequence[Row]],
) -> list[dict[str, Any]]:
    """Return the rows of other numbers that have a name of a party's, as the database returns them."""
    name_keys = frozenset(name_keys_of(party, lookup.own_rows(rows_by_register)) if evidence.identity else ())
    if not name_keys:
        return []
    other_rows = [
        row
        for version in sorted(versions, key=lambda version: version.told.register_name)
        for row in await _rows(connection, archive, version, _Wanted(evidence.ein, name_keys))
    ]
    return other_rows[:MOST]


def _as_loaded(
    archive: Archive, version: RegisterVersion, files: Sequence[Archived], wanted: _Wanted
) -> Iterator[dict[str, Any]]:
    """Yield the rows that the loader accepts: where keys are unique, only the first row of each key."""
    register, numbers = REGISTERS[version.register_name], Numbers()
    version_fields = {"register": register.name, **version.model_dump(include={"version", "sha256", "source_date"})}
    for file in files:
        kind = register.kind_of(file.name)
        for row in read_rows(archive.open(file), kind):
            if not isinstance(row, ParsedRow) or (kind.unique and numbers.again(row.key)) or not wanted.takes(row):
                continue
            place = {"file": file.name, "line": row.line, "listed_since": version.version}
            yield {**version_fields, **place, "kind": kind.name, "key": row.key, "row": row.row}


def _differences(evidence: Any, again: Any) -> tuple[str, ...]:
    recorded_content, replay_content = (_content(value.model_dump(mode="json")) for value in (evidence, again))
    fields = [
        field
        for field in {**recorded_content, **replay_content}
        if recorded_content.get(field) != replay_content.get(field)
    ]
    return tuple(
        f"{field}: recorded {_short(recorded_content.get(field))}, the archive says {_short(replay_content.get(field))}"
        for field in fields
    )


def _content(value: Any) -> Any:
    match value:
        case dict():
            return {key: _content(item) for key, item in value.items() if key not in _PLACES}
        case list():
            return sorted((_content(item) for item in value), key=repr)
        case _:
            return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]} ..."


def _named(versions: Sequence[RegisterVersion]) -> str:
    return (
        ", ".join(
            f"{register_version.register_name} version {register_version.version}" for register_version in versions
        )
        or "no register"
    )
