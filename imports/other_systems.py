"""Read the export of another system as facts. A fact that is not there, or not clear, is unknown and counted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Literal, get_args

from pydantic import TypeAdapter, ValidationError

from domain.imported.mapping import FieldSource
from domain.parties import Name, PartyKind
from domain.shadow.export import (
    ExportFile,
    ExportGrant,
    ExportOrganization,
    ExportPayment,
    ExportReport,
    GrantStatus,
    PaymentStatus,
    SystemExport,
    UnknownFact,
    UnknownWhy,
)
from domain.shadow.mapping import APPROVERS, FIELDS, ExportTable, ShadowMapping, TableName
from domain.values import Country, Currency, Ein, FunderId, Money, short
from imports.cells import CellReading, UnreadableCell, read_day, read_ein, read_sum, read_text, read_word
from imports.tables.delimited import read_delimited
from imports.tables.table import LARGEST_FILE, SourceRow, Table, TableCell, TableFault
from imports.tables.workbooks import read_workbook

Facts = dict[str, Any]

_DAYS: Final = frozenset({"approved_on", "paid_on", "due_on", "received_on"})
_LONGEST: Final = 200
_TYPES: Final[Mapping[tuple[TableName, str], TypeAdapter[Any]]] = {
    ("organizations", "name"): TypeAdapter(Name),
    ("organizations", "address"): TypeAdapter(Name),
    ("organizations", "ein"): TypeAdapter(Ein),
    ("organizations", "country"): TypeAdapter(Country),
    ("organizations", "kind"): TypeAdapter(PartyKind),
    ("grants", "funder"): TypeAdapter(FunderId),
    ("grants", "currency"): TypeAdapter(Currency),
    ("grants", "status"): TypeAdapter(GrantStatus),
    ("payments", "currency"): TypeAdapter(Currency),
    ("payments", "status"): TypeAdapter(PaymentStatus),
}
"""The types of facts that are no free text, by table and field."""


def read_export(files: Mapping[str, bytes], mapping: ShadowMapping) -> SystemExport:
    """Return the tables of an export. `files`: the contents by name.

    Raises:
        TableFault: A file that the mapping names is not there, or cannot be read as a table.
    """
    readers = {name: _TableReader(name, table, mapping, files) for name, table in mapping.tables.items()}
    absent = [
        UnknownFact(table=name, field=field, why=UnknownWhy.NO_TABLE, rows=0)
        for name in get_args(TableName)
        if name not in readers
        for field in FIELDS[name]
    ]
    rows = {name: reader.rows() for name, reader in readers.items()}
    return SystemExport(
        files=tuple(reader.file for reader in readers.values()),
        organizations=tuple(ExportOrganization(**facts) for facts in rows.get("organizations", [])),
        grants=tuple(map(_grant, rows["grants"])),
        payments=tuple(ExportPayment(**facts) for facts in rows.get("payments", [])),
        reports=tuple(ExportReport(**facts) for facts in rows.get("reports", [])),
        unknown=(*absent, *(fact for reader in readers.values() for fact in reader.unknown())),
    )


def _grant(facts: Facts) -> ExportGrant:
    approvers = tuple(name for field in APPROVERS if (name := facts.pop(field, None)) is not None)
    return ExportGrant(**facts, approvers=approvers)


class _TableReader:
    """Reads the rows of a table of an export, and counts what is unknown in them."""

    def __init__(self, name: TableName, form: ExportTable, mapping: ShadowMapping, files: Mapping[str, bytes]) -> None:
        self.name, self.form, self.mapping = name, form, mapping
        if form.file not in files:
            raise TableFault(f"the export has no file {form.file}, which holds the {name}; export it again")
        content = files[form.file]
        self.table = _table(form.file, content, form, mapping)
        digest = hashlib.sha256(content).hexdigest()
        self.file = ExportFile(table=name, name=form.file, sha256=digest, rows=len(self.table.rows))
        self._counts: Counter[tuple[str, UnknownWhy]] = Counter()
        self._examples: dict[tuple[str, UnknownWhy], str] = {}
        self._require_single_headings()

    def _require_single_headings(self) -> None:
        for source in self.form.fields.values():
            if source.column is not None and self.table.headings.count(source.column) > 1:
                raise TableFault(f"{self.form.file} has two columns {source.column!r}; nobody knows which is meant")

    def rows(self) -> list[Facts]:
        """Return the facts of each row. A key that several rows have is counted, as nobody knows which is meant."""
        rows = [self._row(row) for row in self.table.rows]
        counts = Counter(facts["key"] for facts in rows)
        for facts in rows:
            if counts[facts["key"]] > 1 and self.name != "payments":  # a payment that is there twice is judged
                words = f"{facts['key']} stands in {counts[facts['key']]} rows"
                self._count("key", UnknownWhy.UNREADABLE, f"{facts['place']}: {words}")
        return rows

    def unknown(self) -> list[UnknownFact]:
        """Return the unknown facts by field and reason."""
        return [
            UnknownFact(table=self.name, field=field, why=why, rows=rows, example=self._examples.get((field, why), ""))
            for (field, why), rows in sorted(self._counts.items())
        ]

    def _row(self, row: SourceRow) -> Facts:
        facts = {name: self._fact(row, name) for name in FIELDS[self.name] if name != "amount"}
        if "amount" in FIELDS[self.name]:
            facts["money"] = self._money(row, facts.pop("currency"))
        if self.name == "grants":
            facts["approver_columns"] = sum(self._source(name) is not None for name in APPROVERS)
        if self.name == "payments":
            facts["is_numbered"] = facts["key"] is not None
        key = facts["key"] if facts["key"] is not None else f"row {row.number}"
        return {**facts, "key": key, "place": f"{self.form.file} row {row.number}"}

    def _source(self, name: str) -> FieldSource | None:
        """Return the source of a fact, or None if no column of this file holds it."""
        source = self.form.fields.get(name)
        is_absent = source is None or (source.column is not None and source.column not in self.table.headings)
        return None if is_absent else source

    def _fact(self, row: SourceRow, name: str) -> Any:
        return self._read(row, name, lambda source, cell: self._typed(name, source, cell))

    def _money(self, row: SourceRow, currency: str | None) -> Money | None:
        def read(_: FieldSource, cell: TableCell) -> Money | None:
            reading = read_text(cell, self.mapping)
            if reading.text is None:
                return None
            if currency is None:
                raise UnreadableCell("its currency is unknown")
            amount = read_sum(cell, reading, currency, self.mapping)
            if not amount:
                raise UnreadableCell("it is zero")
            return Money(amount=amount, currency=currency)

        money: Money | None = self._read(row, "amount", read)
        return money

    def _read(self, row: SourceRow, name: str, reader: Callable[[FieldSource, TableCell], Any]) -> Any:
        source = self._source(name)
        if source is None:
            return self._count(name, UnknownWhy.NO_COLUMN)
        cell = row.cells[source.column] if source.column is not None else TableCell("", source.constant)
        try:
            fact = reader(source, cell)
        except (UnreadableCell, ValidationError) as fault:
            return self._count(name, UnknownWhy.UNREADABLE, f"{cell.place}: {_words(fault)}")
        return fact if fact is not None else self._count(name, UnknownWhy.EMPTY)

    def _typed(self, name: str, source: FieldSource, cell: TableCell) -> Any:
        if name == "account":
            return _account(cell)
        reading = read_text(cell, self.mapping)
        if name in _DAYS:
            return self._day(cell, reading)
        if name == "ein":
            reading = read_ein(cell, reading, pad=source.pad)
        text = read_word(reading, source).text
        adapter = _TYPES.get((self.name, name))
        if adapter is not None and text is not None:
            return adapter.validate_python(text)
        return _plain(text) if text is not None else None

    def _day(self, cell: TableCell, reading: CellReading) -> date | None:
        if self.mapping.times and isinstance(cell.value, str) and reading.text is not None:
            reading = CellReading(re.split(r"[T ]", reading.text, maxsplit=1)[0])
        return read_day(cell, reading, self.mapping)

    def _count(self, name: str, why: UnknownWhy, example: str = "") -> Literal[None]:
        self._counts[name, why] += 1
        if example:
            self._examples.setdefault((name, why), "".join(filter(str.isprintable, example))[:_LONGEST])
        return None


def _plain(text: str) -> str:
    """Return a text on one line, of a length that a key or a name has. Signs that cannot be printed are refused."""
    line = " ".join(text.split())
    if not line.isprintable() or len(line) > _LONGEST:
        raise UnreadableCell(f"{short(text)} is no text of one line and {_LONGEST} signs; mend it")
    return line


def _account(cell: TableCell) -> str | None:
    """Return the digest of an account's number, without spaces and hyphens. The number itself goes nowhere."""
    if cell.fault is not None:
        raise UnreadableCell(cell.fault)
    number = re.sub(r"[\s-]", "", cell.text).upper()
    return hashlib.sha256(number.encode()).hexdigest() if number else None


def _table(name: str, content: bytes, form: ExportTable, mapping: ShadowMapping) -> Table:
    if len(content) > LARGEST_FILE:
        raise TableFault(f"{name} has {len(content):,} bytes, and {LARGEST_FILE:,} is the most; export fewer years")
    if name.lower().endswith(".csv"):
        return read_delimited(name, content, mapping.delimiter, mapping.encoding, form.headings_in)
    return read_workbook(name, content, form.sheet, form.headings_in)


def _words(fault: UnreadableCell | ValidationError) -> str:
    if isinstance(fault, ValidationError):
        return str(fault.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(fault)
