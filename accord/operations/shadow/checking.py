"""Judge the export of another system as of a day. It only reads: no event is recorded, and nothing is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import asyncpg

from accord.client.reading import LedgerAccess
from accord.operations.shadow.gathering import conversions_on, findings_on_payees
from accord.presentation.faults import BadInput
from domain.policy.payee_alone import LEFT
from domain.policy.rulebook import RULE_BOOK
from domain.shadow.judgement import ShadowBooks
from domain.shadow.mapping import ShadowMapping
from domain.shadow.report import ShadowReport, counts_of, judge, objections_in
from imports.other_systems import read_export
from imports.tables.table import TableFault

NOT_ASKED = (
    *LEFT,
    "the people behind a payee",
    "which role each approver holds, and whether a risk asks for a director",
    "clearances of matches, and truths told",
)
"""The subjects that no export answers here."""


async def check_export(
    pool: asyncpg.Pool, files: Mapping[str, bytes], mapping: ShadowMapping, day: date, since: date | None = None
) -> ShadowReport:
    """Return the report on an export, as of a day. `since`: the first day whose decisions are judged.

    Raises:
        BadInput: A file of the export is not there, or cannot be read as a table.
    """
    try:
        export = read_export(files, mapping)
    except TableFault as fault:
        raise BadInput(str(fault)) from fault
    directory = await LedgerAccess(pool).directory()
    async with pool.acquire() as connection:
        days = sorted({grant.approved_on for grant in export.grants if grant.approved_on is not None})
        rates = await conversions_on(connection, directory, days)
        books = ShadowBooks(export, day, directory.rules, rates)
        findings = await findings_on_payees(connection, directory, books, since)
    decisions = judge(books, findings.assessments, since)
    return ShadowReport(
        source=mapping.source,
        day=day,
        since=since,
        rule_book=RULE_BOOK.version,
        mapping_sha256=mapping.sha256,
        files=export.files,
        registers=findings.registers,
        approvals=len(books.approvals),
        payments=len(books.payments),
        objections=objections_in(decisions),
        rules=counts_of(decisions),
        unknown=(*export.unknown, *books.later),
        not_asked=NOT_ASKED,
    )
