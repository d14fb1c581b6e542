"""The export of another system is read as facts, and what is not there or not clear is unknown and counted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accord.demo.sample import SAMPLE
from accord.presentation.input_files import parse_file
from domain.shadow.export import PaymentStatus, SystemExport, UnknownWhy
from domain.shadow.mapping import ShadowMapping
from imports.other_systems import read_export
from imports.tables.table import TableFault

FOLDER = SAMPLE / "shadow"


def mapping(name: str = "mapping.toml") -> ShadowMapping:
    """Return a mapping of the sample."""
    return ShadowMapping.model_validate(parse_file(FOLDER / name))


def files(folder: str = "export", **changes: tuple[str, str]) -> dict[str, bytes]:
    """Return the files of a sample export, each with a text in place of another where changes say so."""
    contents = {path.name: path.read_text("utf-8") for path in sorted((FOLDER / folder).iterdir())}
    for name, (text, other_text) in changes.items():
        assert text in contents[f"{name}.csv"]
        contents[f"{name}.csv"] = contents[f"{name}.csv"].replace(text, other_text)
    return {name: text.encode() for name, text in contents.items()}


def counted(export: SystemExport) -> dict[tuple[str, str, UnknownWhy], int]:
    """Return the number of rows in which each fact is unknown."""
    return {(fact.table, fact.field, fact.why): fact.rows for fact in export.unknown}


def test_the_sample_is_read_whole() -> None:
    export = read_export(files(), mapping())
    rows = [len(table) for table in (export.organizations, export.grants, export.payments, export.reports)]
    assert rows == [5, 7, 11, 2]
    assert all(fact.why in {UnknownWhy.EMPTY, UnknownWhy.NO_COLUMN} for fact in export.unknown)
    assert export.grants[0].approvers == ("Ana Silva", "Femi Ade")


def test_the_cards_of_fluxx_are_read_by_their_mapping() -> None:
    """Given the tables with the columns of Fluxx's data model, then days with times and states are read."""
    export = read_export(files("fluxx"), mapping("fluxx.toml"))
    assert export.payments[0].paid_on == date(2026, 3, 1)
    assert export.payments[0].status is PaymentStatus.PAID
    assert str(export.grants[0].money) == "USD 6,000.00"
    assert counted(export)["grants", "approver_1", UnknownWhy.NO_COLUMN] == 3


@pytest.mark.parametrize(
    ("changes", "table", "field", "why", "rows"),
    [
        ({"payments": ("Paid by", "Payer")}, "payments", "paid_by", UnknownWhy.NO_COLUMN, 11),
        ({"payments": ("2026-02-20", "20.02.2026")}, "payments", "paid_on", UnknownWhy.UNREADABLE, 1),
        ({"payments": ("2026-02-20", "")}, "payments", "paid_on", UnknownWhy.EMPTY, 2),
        ({"payments": ("500.00", "5oo")}, "payments", "amount", UnknownWhy.UNREADABLE, 5),
        ({"grants": ("In review", "Somewhere")}, "grants", "status", UnknownWhy.UNREADABLE, 1),
        ({"grants": ("9000.00,USD", "9000.00,")}, "grants", "amount", UnknownWhy.UNREADABLE, 1),
        ({"organizations": ("00-1000001", "1000001")}, "organizations", "ein", UnknownWhy.UNREADABLE, 1),
        ({"grants": ("G-2,", "G-1,")}, "grants", "key", UnknownWhy.UNREADABLE, 2),
        ({"reports": ("R-1,", ",")}, "reports", "key", UnknownWhy.EMPTY, 1),
        ({"payments": ("T-8,", ",")}, "payments", "key", UnknownWhy.EMPTY, 1),
        (
            {"grants": ("Ana Silva,Femi Ade,\nG-3", "Ana\x07Silva,Femi Ade,\nG-3")},
            "grants",
            "approver_1",
            UnknownWhy.UNREADABLE,
            1,
        ),
    ],
)
def test_a_fact_that_is_not_clear_is_counted_and_nothing_is_guessed(
    changes: dict[str, Any], table: str, field: str, why: UnknownWhy, rows: int
) -> None:
    assert counted(read_export(files(**changes), mapping()))[table, field, why] == rows


def test_a_table_that_is_not_mapped_is_unknown_and_one_that_did_not_come_refuses_the_export() -> None:
    without_reports = mapping().model_copy(update={"reports": None})
    assert counted(read_export(files(), without_reports))["reports", "due_on", UnknownWhy.NO_TABLE] == 0
    contents = {name: content for name, content in files().items() if name != "payments.csv"}
    with pytest.raises(TableFault, match=r"no file payments\.csv"):
        read_export(contents, mapping())


def test_an_account_number_is_kept_by_its_digest_alone() -> None:
    """Given an account's number, written in two ways, then both are one account, and the number is nowhere."""
    export = read_export(files(payments=("ACC 300-1", "acc3001")), mapping())
    again = read_export(files(), mapping())
    assert [payment.account for payment in export.payments] == [payment.account for payment in again.payments]
    assert "ACC3001" not in export.model_dump_json().upper()
