"""Make evidence anew from the archive: the files by their digests, the rows as published, the same code of reading.

The database says only which files a version had. Everything else is read from the files, so evidence that was altered,
or that rests on rows which were altered, does not come out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from domain.evidence import RegisterVersion, ScreeningEvidence, StatusEvidence
from domain.parties import Party
from registers import Connection, lookup, screening
from registers.archive import Archive, Archived
from registers.catalogue import REGISTERS
from registers.history import Row, files_of
from registers.reading import ParsedRow, read_rows
from registers.texts import UnreadableFile, fingerprint

_PLACES: Final = {"asked_at", "listed_since", "file", "line", "cleared_by"}
"""What says when and where, or what people said since; the rest must come out again."""


class Replayed(NamedTuple):
    """What came of it."""

    what: str
    faults: tuple[str, ...]


async def replay_status(connection: Connection, archive: Archive, party: Party, recorded: StatusEvidence) -> Replayed:
    """Look an EIN up in the archived files of the versions that were asked. Raises UnreadableFile."""
    found: dict[str, list[Row]] = {}
    for version in recorded.asked:
        found[version.register_name] = [
            row for row in await _rows(connection, archive, version) if row["key"] == recorded.ein
        ]
    again = lookup.evidence_of(party, recorded.ein, recorded.asked, found)
    return Replayed(f"EIN {recorded.ein} in {_named(recorded.asked)}", _differences(recorded, again))


async def replay_screening(
    connection: Connection, archive: Archive, parties: Sequence[Party], recorded: ScreeningEvidence, near_from: float
) -> Replayed:
    """Screen parties against the archived files of the lists that were asked. Raises UnreadableFile."""
    rows = [row for version in recorded.asked for row in await _rows(connection, archive, version)]
    again = screening.evidence_of(parties, recorded.asked, screening.made_ready(rows), near_from)
    what = f"{len(recorded.parties)} names against {_named(recorded.asked)}"
    return Replayed(what, _differences(recorded, again))


async def _rows(connection: Connection, archive: Archive, version: RegisterVersion) -> list[dict[str, Any]]:
    files = await files_of(connection, version.version)
    told = fingerprint({file.name: file.sha256 for file in files})
    if told != version.sha256:
        name = f"{version.register_name} version {version.version}"
        raise UnreadableFile(f"{name} had other files than the evidence says: {told[:16]}, not {version.sha256[:16]}")
    rows = (row for file in files for row in _rows_of(archive, version, file))
    return sorted(rows, key=lambda row: (row["kind"], row["row"]))


def _rows_of(archive: Archive, version: RegisterVersion, file: Archived) -> Iterator[dict[str, Any]]:
    kind = REGISTERS[version.register_name].kind_of(file.name)
    asked = {"register": version.register_name, **version.model_dump(include={"version", "sha256", "source_date"})}
    for row in read_rows(archive.open(file), kind):
        if isinstance(row, ParsedRow):
            place = {"file": file.name, "line": row.line, "listed_since": version.version}
            yield {**asked, **place, "kind": kind.name, "key": row.key, "row": row.row}


def _differences(recorded: Any, again: Any) -> tuple[str, ...]:
    one, other = (_content(value.model_dump(mode="json")) for value in (recorded, again))
    fields = [field for field in one if one[field] != other[field]]
    return tuple(f"{field}: recorded {_short(one[field])}, the archive says {_short(other[field])}" for field in fields)


def _content(value: Any) -> Any:
    match value:
        case dict():
            return {key: _content(item) for key, item in value.items() if key not in _PLACES}
        case list():
            return sorted((_content(item) for item in value), key=repr)
        case _:
            return value


def _short(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 200 else f"{written[:200]} ..."


def _named(versions: Sequence[RegisterVersion]) -> str:
    return ", ".join(f"{one.register_name} version {one.version}" for one in versions) or "no register"
