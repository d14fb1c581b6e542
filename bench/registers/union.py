"""The European Union's list at four times its size: loaded beside COPY, and open partnerships re-screened."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from temporalio.testing import ActivityEnvironment

from accord.organisation.governance import change_directory, confirm_change
from activities.registers.rescreening import Rescreening
from bench.office import Office
from bench.registers.files import good_rows, put
from bench.registers.invented import word
from bench.registers.report import Finding
from domain.directory.lists import SanctionsList
from domain.directory.people import HouseRulesSet

REGISTER: Final = SanctionsList.EUROPEAN_UNION.value
FIRST: Final = 100
"""Entries of the version that partnerships were screened against."""

_BARE: Final = (
    "DROP TABLE IF EXISTS bare; "
    "CREATE TABLE bare (version integer, key text, file smallint, line integer, row text, kind text)"
)
_COLUMNS: Final = ("version", "key", "file", "line", "row", "kind")
_REGULATION: Final = '<regulation programme="SAMPLE" numberTitle="0000/2026 (invented)" publicationDate="2026-01-01"/>'


def list_file(folder: Path, entries: int, also: Sequence[str] = ()) -> Path:
    """Write a list of invented entries, the last of which bear the names in `also`, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path, chance = folder / "content", random.Random(8)
    names = [*(f"{word(chance)} {word(chance)}" for _ in range(entries - len(also))), *also]
    head = '<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-01T00:00:00.000+01:00">'
    with path.open("w", encoding="utf-8") as file:
        file.writelines((head, "\n", *(f"{text}\n" for text in _entries(names, chance)), "</export>\n"))
    return path


def _entries(names: Sequence[str], chance: random.Random) -> Iterator[str]:
    for number, name in enumerate(names, start=1):
        kind = ("person", "P") if number % 2 and number <= len(names) // 2 else ("enterprise", "E")
        aliases = (name, f"{name} {word(chance)}", f"{word(chance)} {name}")
        told = "".join(
            f'<nameAlias wholeName={quoteattr(alias)} strong="true" gender="" title=""/>' for alias in aliases
        )
        weak = f'<nameAlias wholeName="{word(chance)}" strong="false"/>'
        subject = f'<subjectType code="{kind[0]}" classificationCode="{kind[1]}"/>'
        yield f'<sanctionEntity logicalId="{number}">{_REGULATION}{subject}{told}{weak}</sanctionEntity>'


async def bind(office: Office, folder: Path) -> None:
    """Have the organisation be bound by the list, beside its own, and load a small version of it."""
    rules = (await office.desk.directory()).rules
    if rules is None:
        raise RuntimeError("the sample's organisation has rules")
    lists = (*(SanctionsList(name) for name in rules.list_rule.lists), SanctionsList.EUROPEAN_UNION)
    changed = HouseRulesSet(rules=rules.model_copy(update={"lists": lists}))
    change_id = (await change_directory(office.desk, (changed,), "dora.kim")).change_id
    if change_id is None:
        raise RuntimeError("the directory is sealed, so a change waits for another person")
    await confirm_change(office.desk, change_id, "otto.audit")
    async with office.desk.pool.acquire() as connection:
        await put(connection, REGISTER, (list_file(folder / "first", FIRST),), folder / "archive")


async def union(office: Office, folder: Path, entries: int, listed: Sequence[str]) -> list[Finding]:
    """Load the list at full size beside COPY, and find out whom it touches of all open partnerships."""
    path = list_file(folder / "whole", entries, [name.upper() for name in listed])
    copied = await _copied(office, path)
    started = time.perf_counter()
    async with office.desk.pool.acquire() as connection:
        report = await put(connection, REGISTER, (path,), folder / "archive")
    loaded = time.perf_counter() - started
    beside = f"COPY of its rows {copied:.2f} s; {report.came:,} rows came, {path.stat().st_size / 1e6:.0f} MB"
    found = [Finding(f"{REGISTER}: a list of {entries:,} entries loaded", loaded, "s", beside=beside)]
    return [*found, *await _rescreened(office, len(listed))]


async def _copied(office: Office, path: Path) -> float:
    rows = [(1, row.key, 1, row.line, row.row, "entries") for row in good_rows(REGISTER, path)]
    async with office.desk.pool.acquire() as connection:
        await connection.execute(_BARE)
        started = time.perf_counter()
        await connection.copy_records_to_table("bare", columns=_COLUMNS, records=rows)
        return time.perf_counter() - started


async def _rescreened(office: Office, listed: int) -> list[Finding]:
    """Ask of all open partnerships whom the list touches: once with its indexing, and once more."""
    found = []
    for when in ("the list indexed first", "again"):
        started = time.perf_counter()
        touched = await ActivityEnvironment().run(Rescreening(office.desk.pool).find_touched)
        seconds = time.perf_counter() - started
        beside = f"{len(touched.partnership_ids)} touched, of {listed} that were listed"
        what = f"{REGISTER}: {touched.looked_at:,} open partnerships re-screened, {when}"
        found.append(Finding(what, seconds, "s", beside=beside))
    return found
