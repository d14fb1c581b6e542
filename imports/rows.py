"""Make of the rows of a table the partnerships that they claim, or say every fault of every cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from domain.imported.claims import ImportedPartnership
from domain.imported.mapping import REQUIRED, FieldName, FieldSource, ImportMapping, SumSource
from domain.imported.plan import ImportFault
from domain.values import minor_digits
from imports.cells import UnreadableCell, read_day, read_ein, read_sum, read_text, read_word
from imports.tables.table import SourceRow, TableCell
from imports.wording import words_of

_DAYS: Final[frozenset[str]] = frozenset({"approved_on", "agreed_on", "starts", "ends", "report_due"})
_MAY_BE_UNKNOWN: Final[tuple[FieldName, ...]] = (
    "partner_kind", "ein", "purpose", "objective", "approved_on", "agreed_on", "starts", "ends", "report_due",
)  # fmt: skip
_FIELD_OF: Final = {
    "partner.name": "partner", "partner.country": "country", "partner.kind": "partner_kind", "partner.ein": "ein",
    "partner.number.scheme": "register", "partner.number.number": "number", "agreed.currency": "currency",
    "agreed.amount": "agreed", "period": "ends", "paid": "payments", "returned": "returns",
}  # fmt: skip


class ReadPartnership(NamedTuple):
    """A partnership of the table as it was read: its facts, or its faults."""

    rows: tuple[int, ...]
    key: str | None
    partnership: ImportedPartnership | None
    faults: tuple[ImportFault, ...]
    notes: tuple[str, ...]


def read_partnership(rows: Sequence[SourceRow], mapping: ImportMapping, today: date = date.max) -> ReadPartnership:
    """Return the partnership of one row or, where a row is a payment, of all rows of one key.

    `today`: the day after which nothing can have been approved, agreed or paid.
    """
    row = _Row(rows[0], mapping)
    facts = {name: row.fact(name, source) for name, source in mapping.fields.items()}
    content = row.content(facts, rows)
    for other_row in rows[1:]:
        row.compare(other_row)
    partnership = None if row.faults else row.validated(content)
    if partnership is not None and row.refuse_days_to_come(partnership, today):
        partnership = None
    hidden = [f"row {part.number} is hidden in the sheet, and was read" for part in rows if part.is_hidden]
    return ReadPartnership(
        tuple(part.number for part in rows), facts["key"], partnership, tuple(row.faults), (*row.notes, *hidden)
    )


class _Row:
    """A row while it is read, with the faults and notes so far."""

    def __init__(self, row: SourceRow, mapping: ImportMapping) -> None:
        self.row, self.mapping = row, mapping
        self.faults: list[ImportFault] = []
        self.notes: list[str] = []

    def fact(self, name: FieldName, source: FieldSource) -> Any:
        """Return a fact: a day, or text. None where nobody knows, or after a fault."""
        if source.constant is not None:
            return source.constant
        cell = self.row.cells[source.column or ""]
        return self._caught(name, cell, lambda: self._fact(name, source, cell))

    def _fact(self, name: FieldName, source: FieldSource, cell: TableCell) -> Any:
        reading = read_text(cell, self.mapping)
        if name in _DAYS:
            return read_day(cell, reading, self.mapping)
        if name == "ein":
            reading = read_ein(cell, reading, pad=source.pad)
        if name == "agreed":
            return (cell, reading)  # its currency is read first
        reading = read_word(reading, source)
        if reading.text is None and name in REQUIRED:
            raise UnreadableCell("it is empty, and nothing can be brought in without it; write it")
        if reading.note is not None:
            self.notes.append(f"{cell.place}: {reading.note}")
        return reading.text

    def _caught(self, field: str, cell: TableCell, reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except UnreadableCell as fault:
            self._fail(cell.place, field, str(fault))
            return None

    def _fail(self, place: str, field: str, fault: str) -> None:
        self.faults.append(ImportFault(row=self.row.number, place=place, field=field, fault=fault))

    def content(self, facts: dict[FieldName, Any], rows: Sequence[SourceRow]) -> dict[str, Any]:
        """Return the content of the partnership, as it is validated."""
        partner = {"name": facts["partner"], "country": facts["country"], "kind": facts.get("partner_kind")}
        register, number = facts.get("register"), facts.get("number")
        partner |= {"ein": facts.get("ein"), "number": {"scheme": register, "number": number} if number else None}
        starts, ends = facts.get("starts"), facts.get("ends")
        plain = ("key", "title", "direction", "funder", "stage", "purpose", "objective", "approved_on", "agreed_on")
        return {
            **{name: facts.get(name) for name in (*plain, "report_due")},  # type: ignore[call-overload]
            "partner": partner,
            "period": {"starts": starts, "ends": ends} if starts and ends else None,
            "unknown": [name for name in _MAY_BE_UNKNOWN if facts.get(name) is None],
            **self._sums(facts, rows),
        }

    def _sums(self, facts: dict[FieldName, Any], rows: Sequence[SourceRow]) -> dict[str, Any]:
        currency = facts.get("currency")
        if facts["direction"] == "NON_MONETARY" or "agreed" not in self.mapping.fields:
            return {}
        if currency is None:
            self._fail(self._place("currency"), "currency", "it is empty, and its row has sums; write it")
            return {}
        try:
            minor_digits(currency)
        except KeyError:
            fault = f"{currency} is not an ISO 4217 currency code; write three capitals, such as USD"
            self._fail(self._place("currency"), "currency", fault)
            return {}
        return self._sums_in(currency, facts, rows)

    def _sums_in(self, currency: str, facts: dict[FieldName, Any], rows: Sequence[SourceRow]) -> dict[str, Any]:
        agreed = self._agreed(currency, facts["agreed"])
        tranches = self._parts(rows[:1], self.mapping.tranches, currency, "tranches")
        return {
            "agreed": agreed,
            "paid": self._past(rows, self.mapping.payments, currency, "payments"),
            "returned": self._past(rows[:1], self.mapping.returns, currency, "returns"),
            "tranches": [
                {"number": number, "money": _money(amount, currency), "due_on": due_on}
                for number, (amount, due_on, _) in enumerate(tranches, 1)
            ],
        }

    def _agreed(self, currency: str, cell_or_text: Any) -> dict[str, Any] | None:
        if cell_or_text is None:
            return None
        if isinstance(cell_or_text, str):
            return {"amount": cell_or_text, "currency": currency}
        cell, reading = cell_or_text
        amount = self._caught("agreed", cell, lambda: read_sum(cell, reading, currency, self.mapping))
        return _money(amount, currency) if amount else None

    def _past(self, rows: Sequence[SourceRow], sources: Iterable[SumSource], currency: str, field: str) -> list[Any]:
        parts = self._parts(rows, sources, currency, field)
        return [{"money": _money(amount, currency), "on": on, "year": year} for amount, on, year in parts]

    def _parts(
        self, rows: Sequence[SourceRow], sources: Iterable[SumSource], currency: str, field: str
    ) -> list[tuple[Decimal, date | None, int | None]]:
        """Return the sums above zero of these columns. An empty cell, or zero, is no payment."""
        parts = []
        for row in rows:
            for source in sources:
                amount, on = self._amount(row, source, currency, field), self._on(row, source, field)
                if amount:
                    parts.append((amount, on, source.year))
                elif on is not None and row.cells[source.amount].value is None:
                    place = row.cells[source.amount].place
                    self._fail(
                        place, field, f"{source.on} says {on}, and the sum is empty; write the sum, or take the day out"
                    )
        return parts

    def _amount(self, row: SourceRow, source: SumSource, currency: str, field: str) -> Decimal | None:
        cell = row.cells[source.amount]
        reader = lambda: read_sum(cell, read_text(cell, self.mapping), currency, self.mapping)  # noqa: E731
        amount: Decimal | None = self._caught(field, cell, reader)
        return amount

    def _on(self, row: SourceRow, source: SumSource, field: str) -> date | None:
        if source.on is None:
            return None
        cell = row.cells[source.on]
        day: date | None = self._caught(
            field, cell, lambda: read_day(cell, read_text(cell, self.mapping), self.mapping)
        )
        return day

    def compare(self, other_row: SourceRow) -> None:
        """Add a fault for each fact in which another row of the same key differs."""
        for name, source in self.mapping.fields.items():
            if source.column is None:
                continue
            first, second = self.row.cells[source.column], other_row.cells[source.column]
            if first.text.strip() != second.text.strip():
                fault = f"it differs from {first.place}, which is of the same partnership; write the same in both"
                self.faults.append(ImportFault(row=other_row.number, place=second.place, field=name, fault=fault))

    def validated(self, content: dict[str, Any]) -> ImportedPartnership | None:
        """Return the partnership, or None with a fault for each field that is not possible."""
        try:
            return ImportedPartnership.model_validate(content)
        except ValidationError as invalid:
            for fault in invalid.errors(include_url=False):
                self._fail_at(".".join(str(part) for part in fault["loc"]), words_of(fault))
            return None

    def refuse_days_to_come(self, partnership: ImportedPartnership, today: date) -> bool:
        """Add a fault for each fact of before whose day has not come. True if there is one."""
        sums = [("payments", part) for part in partnership.paid] + [("returns", part) for part in partnership.returned]
        days = [("approved_on", partnership.approved_on), ("agreed_on", partnership.agreed_on)]
        days += [(field, part.on) for field, part in sums]
        late = [(field, str(day)) for field, day in days if day is not None and day > today]
        late += [(field, str(part.year)) for field, part in sums if part.year is not None and part.year > today.year]
        for field, day in late:
            self._fail(self._place(field), field, f"{day} has not come, and this is of before; mend it")
        return bool(self.faults)

    def _fail_at(self, location: str, words: str) -> None:
        field_name, _, fault_words = words.partition(": ")
        if location == "partner" and field_name == "kind":
            location, words = "partner.kind", fault_words
        if not location and field_name in {*self.mapping.fields, "paid", "returned"}:
            location, words = field_name, fault_words
        field = _FIELD_OF.get(location, location.split(".")[0] or "row")
        self._fail(self._place(field), field, words)

    def _place(self, field: str) -> str:
        """Return the place of a field's cell or, of sums, of the first column that they come from."""
        source = self.mapping.fields.get(field)  # type: ignore[call-overload]
        sums = {"payments": self.mapping.payments, "returns": self.mapping.returns, "tranches": self.mapping.tranches}
        heading = source.column if source is not None else next((part.amount for part in sums.get(field, ())), None)
        return self.row.cells[heading].place if heading is not None else f"row {self.row.number}"


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}
