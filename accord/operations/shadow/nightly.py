"""The nightly work beside another system: the newest export is judged once, kept under a signed line, and measured."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
import structlog
from pydantic import ValidationError
from temporalio.common import MetricMeter

from accord.operations.shadow.checking import check_export
from accord.operations.shadow.log import ShadowLog
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of, parse_file
from domain.shadow.export import UnknownWhy
from domain.shadow.line import ShadowLine
from domain.shadow.mapping import ShadowMapping
from domain.shadow.report import ShadowReport
from ledger import clock
from ledger.proof.notes import NoteRefused, SigningKey

EVERY: Final = timedelta(hours=1)
"""The pause between looks: an export comes in at an hour that is the other system's."""
AFTER_A_FAULT: Final = timedelta(minutes=5)
EXPORT_AT: Final = "accord_shadow_export_at_seconds"
MISSING: Final = "accord_shadow_missing_columns"
REFUSED: Final = "accord_shadow_refused"
MEASURES: Final = {
    EXPORT_AT: "The day of the newest export of another system that was judged, in seconds since 1970, or 0 for none",
    MISSING: "Tables and columns that the mapping names and the newest export lacks",
    REFUSED: "1 while the newest export cannot be judged, such as for a file that did not come",
}
"""The measures of the nightly work, by the name of the gauge. None is told where no mapping is there."""

log = structlog.get_logger("accord.shadow")


class ShadowFolders(NamedTuple):
    """The folder of exports, one folder for each day in it, the mapping, and the folder of kept reports."""

    exports: Path
    mapping: Path
    kept: Path


class NightlyShadow:
    """One process's nightly work. Several may run: they sign the same lines, each once."""

    def __init__(self, pool: asyncpg.Pool, folders: ShadowFolders, key: SigningKey, meter: MetricMeter) -> None:
        self._pool, self._folders, self._key = pool, folders, key
        self._log = ShadowLog(folders.kept, (key.verifier,))
        self._gauges = {name: meter.create_gauge(name, description) for name, description in MEASURES.items()}
        self._fault = ""

    async def forever(self) -> None:
        """Look every hour until cancelled, and soon again after a fault."""
        while True:
            await self.once()
            await asyncio.sleep((AFTER_A_FAULT if self._fault else EVERY).total_seconds())

    async def fault(self) -> str:
        """Return the reason why the newest export is not judged, or ''."""
        return self._fault

    async def once(self) -> None:
        """Judge the newest export unless that was done, and tell the measures. A fault ends nothing: it is logged."""
        if not self._folders.mapping.is_file():
            self._fault = ""
            return
        reason = ""
        try:
            await self._judge()
        except Exception as fault:
            known = isinstance(fault, (BadInput, NoteRefused, OSError))
            reason = str(fault) if known else type(fault).__name__
            if reason != self._fault:
                log.error("not judged, and looks again", reason=reason)
        self._fault = reason
        self._gauges[REFUSED].set(int(bool(reason)))

    async def _judge(self) -> None:
        mapping, lines = mapping_at(self._folders.mapping), self._log.lines()
        self._tell(lines, mapping)
        day = newest_day(self._folders.exports, clock.today())
        if day is None:
            return
        files = files_of(self._folders.exports / day.isoformat(), mapping)
        if not is_judged(self._log, lines, day, mapping, files):
            since = max((line.day for line in lines if line.day < day), default=None)
            report = await check_export(self._pool, files, mapping, day, since)
            kept = self._log.keep(report, self._key, clock.now())
            log.info("judged", day=str(day), stopped=report.stopped, asked=report.asked, line=kept.line.number)
        self._tell(self._log.lines(), mapping)

    def _tell(self, lines: Sequence[ShadowLine], mapping: ShadowMapping) -> None:
        newest = max(lines, key=lambda line: (line.day, line.number), default=None)
        if newest is None:
            self._gauges[EXPORT_AT].set(0)
            return
        self._gauges[EXPORT_AT].set(int(datetime.combine(newest.day, time(), UTC).timestamp()))
        self._gauges[MISSING].set(missing_columns(read_report(self._log, newest), mapping))


def newest_day(exports: Path, today: date) -> date | None:
    """Return the newest day of which there is an export: a folder named by it. One that is to come counts for none."""
    days = (_day_of(folder) for folder in exports.iterdir() if folder.is_dir())
    return max((day for day in days if day is not None and day <= today), default=None)


def _day_of(folder: Path) -> date | None:
    try:
        day = date.fromisoformat(folder.name)
    except ValueError:
        return None
    return day if day.isoformat() == folder.name else None


def files_of(folder: Path, mapping: ShadowMapping) -> dict[str, bytes]:
    """Return the files of an export that its mapping names. One that did not come is left out, and refused later."""
    names = [table.file for table in mapping.tables.values()]
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def mapping_at(path: Path) -> ShadowMapping:
    """Return the mapping in a file. Raises BadInput if it is none."""
    try:
        return ShadowMapping.model_validate(parse_file(path))
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault)}") from None


def is_judged(
    shadow_log: ShadowLog, lines: Sequence[ShadowLine], day: date, mapping: ShadowMapping, files: Mapping[str, bytes]
) -> bool:
    """True if the newest line of a day is of these very files, by this mapping: an export is judged once."""
    own = [line for line in lines if (line.source, line.day) == (mapping.source, day)]
    if not own:
        return False
    report = read_report(shadow_log, own[-1])
    digests = {file.name: file.sha256 for file in report.files}
    same_files = digests == {name: sha256(content).hexdigest() for name, content in files.items()}
    return same_files and report.mapping_sha256 == mapping.sha256


def read_report(shadow_log: ShadowLog, line: ShadowLine) -> ShadowReport:
    """Return the report of a line. Raises NoteRefused if it is gone, or other than the line names."""
    return ShadowReport.model_validate_json(shadow_log.content_of(line))


def missing_columns(report: ShadowReport, mapping: ShadowMapping) -> int:
    """Return how many facts the mapping takes from a column that the export lacked."""
    tables = mapping.tables
    return sum(
        fact.why is UnknownWhy.NO_COLUMN and fact.table in tables and fact.field in tables[fact.table].fields
        for fact in report.unknown
    )
