"""Check a table: every fault of every row, and the plan of what bringing it in would record. It only reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.imported.mapping import ImportMapping
from domain.imported.plan import BroughtIn, ImportFault, ImportPlan, ImportRow, RowVerdict
from imports.cells import UnreadableCell, read_text
from imports.rows import ReadPartnership, read_partnership
from imports.tables.reading import read_table
from imports.tables.table import SourceRow, Table, TableCell


def check_table(
    name: str,
    content: bytes,
    mapping: ImportMapping,
    before: Mapping[str, BroughtIn],
    taken_references: frozenset[str],
    today: date = date.max,
) -> ImportPlan:
    """Return the plan of bringing a table in.

    `before`: what was brought in from this source, by its keys. `taken`: the references that exist. `today`: the day
    after which nothing can have been approved, agreed or paid.

    Raises:
        TableFault: The file cannot be read as a table by this mapping.
    """
    sheet, reading = _read(name, content, mapping, today)
    references = _references(
        mapping.first_reference, frozenset(taken_references | {record.reference for record in before.values()})
    )
    rows = tuple(_planned(partnership, before, references) for partnership in reading)
    return ImportPlan(file_sha256=hashlib.sha256(content).hexdigest(), sheet=sheet, mapping=mapping, rows=rows)


def _read(name: str, content: bytes, mapping: ImportMapping, today: date) -> tuple[str, list[ReadPartnership]]:
    """Return the name of the sheet, and its partnerships as they were read. Cells are let go before that is judged."""
    table = read_table(name, content, mapping)
    reading = [read_partnership(rows, mapping, today) for rows in _grouped(table, mapping)]
    return table.sheet, list(_without_doubles(reading, table, mapping))


def _grouped(table: Table, mapping: ImportMapping) -> list[Sequence[SourceRow]]:
    """Return the rows of each partnership, in the order of its first row."""
    if mapping.rows == "PARTNERSHIPS":
        return [(row,) for row in table.rows]
    groups: dict[str, list[SourceRow]] = {}
    for row in table.rows:
        key = _key_of(_key_cell(row, mapping), mapping) or f"row {row.number}"
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _key_cell(row: SourceRow, mapping: ImportMapping) -> TableCell:
    return row.cells[mapping.fields["key"].column or ""]


def _key_of(cell: TableCell, mapping: ImportMapping) -> str | None:
    try:
        return read_text(cell, mapping).text
    except UnreadableCell:
        return None


def _without_doubles(
    partnerships: Sequence[ReadPartnership], table: Table, mapping: ImportMapping
) -> Iterator[ReadPartnership]:
    """Yield each partnership. Those that share a key are refused, all of them: nobody knows which is meant.

    Keys that differ by capitals alone are one: a system of before that tells them apart is rarer than a slip.
    """
    counts = Counter(partnership.key.casefold() for partnership in partnerships if partnership.key is not None)
    cells = {row.number: _key_cell(row, mapping) for row in table.rows}
    for partnership in partnerships:
        if partnership.key is None or counts[partnership.key.casefold()] == 1:
            yield partnership
            continue
        rows = counts[partnership.key.casefold()]
        fault = f"{partnership.key} stands in {rows} rows, capitals or not; give each partnership a key of its own"
        number = partnership.rows[0]
        double = ImportFault(row=number, place=cells[number].place, field="key", fault=fault)
        yield partnership._replace(partnership=None, faults=(*partnership.faults, double))


def _references(first: str, taken_references: frozenset[str]) -> Iterator[str]:
    """Yield references from the first on that are not taken."""
    year, number = first.removeprefix("P-").split("-")
    for count in range(int(number), 1_000_000):
        reference = f"P-{year}-{count:0{len(number)}d}"
        if reference not in taken_references:
            yield reference


def _planned(reading: ReadPartnership, before: Mapping[str, BroughtIn], references: Iterator[str]) -> ImportRow:
    record = before.get(reading.key) if reading.key is not None else None
    verdict = _verdict(reading, record)
    reference = next(references) if verdict is RowVerdict.NEW else (record.reference if record else None)
    return ImportRow(
        rows=reading.rows,
        key=None if reading.partnership is None else reading.key,
        verdict=verdict,
        reference=reference,
        replaces=record.sha256 if record is not None and verdict is RowVerdict.CHANGED else None,
        partnership=reading.partnership,
        faults=reading.faults,
        notes=reading.notes,
    )


def _verdict(reading: ReadPartnership, record: BroughtIn | None) -> RowVerdict:
    if reading.partnership is None:
        return RowVerdict.REFUSED
    if record is None:
        return RowVerdict.NEW
    return RowVerdict.SAME if record.sha256 == reading.partnership.sha256 else RowVerdict.CHANGED
