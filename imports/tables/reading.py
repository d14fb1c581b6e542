"""Read a file as a table, by its name and its mapping."""

from __future__ import annotations

from domain.imported.mapping import ImportMapping
from imports.tables.delimited import read_delimited
from imports.tables.table import LARGEST_FILE, SourceRow, Table, TableFault, require_headings
from imports.tables.workbooks import read_workbook

FORMS = (".xlsx", ".ods", ".csv")


def read_table(name: str, content: bytes, mapping: ImportMapping) -> Table:
    """Return the table in a file.

    Raises:
        TableFault: It is not what its name and the mapping say, or lacks a column that the mapping names.
    """
    if len(content) > LARGEST_FILE:
        raise TableFault(f"{name} has {len(content):,} bytes, and {LARGEST_FILE:,} is the most; bring it in in parts")
    match name[name.rfind(".") :].lower():
        case ".csv":
            table = read_delimited(name, content, mapping.delimiter, mapping.encoding, mapping.headings_in)
        case ".xlsx" | ".ods":
            table = read_workbook(name, content, mapping.sheet, mapping.headings_in)
        case _:
            raise TableFault(f"{name} is none of {', '.join(FORMS)}; save it as one of them")
    require_headings(f"{name}: row {mapping.headings_in}", table.headings, mapping.headings)
    rows = tuple(row for row in table.rows if _is_filled(row, mapping))
    if not rows:
        raise TableFault(f"{name} has no row under its headings; give the sheet that holds the partnerships")
    return table._replace(rows=rows)


def _is_filled(row: SourceRow, mapping: ImportMapping) -> bool:
    """True if a row says something in a column that is read. A note beside the table is none."""
    return any(row.cells[heading].value is not None or row.cells[heading].fault for heading in mapping.headings)
