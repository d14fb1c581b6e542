"""The mapping of another system's export: which file holds which table, and which column which fact."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.canonical_json import canonical_json
from domain.imported.mapping import FieldSource, Written
from domain.values import OneLine, Printable, Value, is_none

TableName = Literal["organizations", "grants", "payments", "reports"]

FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\]{1,120}\.(csv|xlsx|ods)$"), Printable, OneLine]

FIELDS: Final[Mapping[TableName, tuple[str, ...]]] = {
    "organizations": ("key", "name", "ein", "country", "kind", "address"),
    "grants": (
        "key", "organization", "funder", "amount", "currency", "status", "proposed_by", "approved_on",
        "approver_1", "approver_2", "approver_3", "approver_4",
    ),
    "payments": ("key", "grant", "payee", "amount", "currency", "status", "paid_on", "account", "paid_by"),
    "reports": ("key", "grant", "due_on", "received_on"),
}  # fmt: skip
"""The facts that the rules ask of each table. A fact without a column is unknown in every row, and counted so."""

APPROVERS: Final = ("approver_1", "approver_2", "approver_3", "approver_4")


class ExportTable(Value):
    """A table of the export: its file in the folder, and what its columns hold."""

    file: FileName
    sheet: Annotated[str, StringConstraints(max_length=120)] | None = Field(default=None, exclude_if=is_none)
    headings_in: Annotated[int, Field(ge=1, le=50)] = 1
    fields: dict[str, FieldSource]

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if "key" not in self.fields or self.fields["key"].column is None:
            raise ValueError("fields.key: name the column that tells one row from all others")
        if padded := [name for name, source in self.fields.items() if source.pad and name != "ein"]:
            raise ValueError(f"fields.{padded[0]}: `pad` is for an EIN alone")
        return self


class ShadowMapping(Value):
    """The form of another system's export, and what each of its columns holds."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,30}$")] = Field(
        description="The other system, such as grants-database"
    )
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "cp1252"] | None = Field(default=None, exclude_if=is_none)
    """Of a CSV. Without one it must be UTF-8."""
    dates: Literal["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "MM/DD/YYYY"] = "YYYY-MM-DD"
    times: bool = Field(default=False, description="Whether a day may be followed by a time, which is not read")
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", " "] = ""
    unknown: tuple[Written, ...] = ()
    """Texts that say that nobody knows, such as n/a. An empty cell says so too."""
    organizations: ExportTable | None = Field(default=None, exclude_if=is_none)
    grants: ExportTable
    payments: ExportTable | None = Field(default=None, exclude_if=is_none)
    reports: ExportTable | None = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _names_facts(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are one sign")
        for name, table in self.tables.items():
            if others := [field for field in table.fields if field not in FIELDS[name]]:
                known_fields = ", ".join(FIELDS[name])
                raise ValueError(f"{name}.fields.{others[0]}: no such fact; write one of {known_fields}")
        return self

    @property
    def tables(self) -> dict[TableName, ExportTable]:
        """The tables that are mapped, by name."""
        tables: dict[TableName, ExportTable | None] = {
            "organizations": self.organizations,
            "grants": self.grants,
            "payments": self.payments,
            "reports": self.reports,
        }
        return {name: table for name, table in tables.items() if table is not None}

    @property
    def sha256(self) -> str:
        """The digest by which a report names the mapping."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json"))).hexdigest()
