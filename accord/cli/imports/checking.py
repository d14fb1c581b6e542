"""Shell commands that look at a table of partnerships of before: suggest its mapping, and check it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.registers.kept import look_on_disk
from accord.client.desk import open_desk
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.lists import lists_not_loaded
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of, parse_file, read_file, schema_hint
from domain.imported.claims import ClaimedStage
from domain.imported.mapping import ImportMapping
from domain.imported.plan import ImportPlan, ImportRow, RowVerdict
from domain.imported.totals import ControlTotals, differences, rests_of, totals_of
from imports.annotating import annotated
from imports.suggesting import suggest
from imports.tables.table import TableFault

_MOST_SHOWN: Final = 40
_MOST_ALIKE: Final = 3
"""The most rows of which each is told a fault that others have in the same words."""

_OF_STAGE: Final[Mapping[ClaimedStage, str]] = {
    ClaimedStage.IN_FORCE: "partnerships in force",
    ClaimedStage.ENDED: "partnerships that have ended",
}

TableArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A table of partnerships: .xlsx, .ods or .csv.", exists=True, dir_okay=False),
]
MappingOption = Annotated[Path, typer.Option("--mapping", help="The mapping of its columns, as TOML.", exists=True)]

MEANINGS: Final[Mapping[RowVerdict, str]] = {
    RowVerdict.NEW: "would be brought in",
    RowVerdict.SAME: "here already, and the same",
    RowVerdict.CHANGED: "here already, and other now: `accord import sign --corrections`",
    RowVerdict.REFUSED: "faults: mend the table",
    RowVerdict.PERSON: "a question is open: answer it in the mapping, under [answers]",
}


def mapping_at(path: Path) -> ImportMapping:
    """Return the mapping in a file. Its `amount` is a heading, and no sum that people wrote."""
    try:
        mapping = ImportMapping.model_validate(parse_file(path))
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault)}\n{schema_hint(ImportMapping)}") from None
    if day := mapping.half_period:
        raise BadInput(f"{path.name}: fields: it gives `{day}` alone; give `starts` and `ends` together, or neither")
    return mapping


def file_at(path: Path) -> SourceFile:
    """Return a file with its content. Raises BadInput if it cannot be read."""
    try:
        return SourceFile(path.name, path.read_bytes())
    except OSError as fault:
        raise BadInput(f"{path}: it cannot be read ({fault.strerror}); give a file that you may read") from fault


def suggest_mapping(
    file: TableArgument,
    source: Annotated[str, typer.Option("--source", help="The system of before, such as grants-database.")],
    first: Annotated[str, typer.Option("--first", help="The reference of the first partnership, such as P-2026-5001.")],
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet, where a workbook has several.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest a mapping for a table, from its headings and rows. Nothing is recorded.

    Read each line of it, and give each word of a column its meaning.
    Example: accord import suggest grants.xlsx --source grants-database --first P-2026-5001 > mapping.toml
    """
    table = file_at(file)
    try:
        suggestion = suggest(table.name, table.content, source, first, sheet)
    except TableFault as fault:
        raise BadInput(str(fault)) from fault
    if as_json:
        return print_json({"mapping": suggestion.text, "questions": list(suggestion.questions)})
    for question in suggestion.questions:
        err.print(f"Look: {question}.", markup=False, soft_wrap=True)
    return out.print(suggestion.text, markup=False, highlight=False, soft_wrap=True, end="")


TotalsOption = Annotated[
    Path | None, typer.Option("--totals", help="Control totals of the system of before, as TOML.", exists=True)
]
AnnotateOption = Annotated[
    Path | None, typer.Option("--annotate", help="Write the workbook with each fault at its cell to this file.")
]


def check(
    file: TableArgument,
    mapping: MappingOption,
    totals: TotalsOption = None,
    annotate: AnnotateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a table of partnerships: every fault of every row, each question, and what would be brought in.

    Nothing is recorded. The exit code is 1 while a row has a fault or an open question, or a total differs.
    Example: accord import check grants.xlsx --mapping mapping.toml --totals totals.toml --annotate checked.xlsx
    """
    table, columns = file_at(file), mapping_at(mapping)
    typed_totals = read_file(totals, ControlTotals) if totals is not None else None

    async def work() -> tuple[ImportPlan, tuple[str, ...]]:
        look_on_disk()  # it records nothing, and whoever signs or applies looks at the database's own
        async with open_desk() as desk:
            return await check_file(desk, table, columns), await lists_not_loaded(desk)

    plan, missing_lists = run(work())
    table_totals = totals_of(plan.partnerships) if plan.partnerships else None
    gaps = (
        list(differences(typed_totals, table_totals)) if typed_totals is not None and table_totals is not None else []
    )
    if annotate is not None:
        annotate.write_bytes(annotated(table.name, table.content, plan))
    if as_json:
        print_json({**_as_json(plan), "totals": table_totals, "differences": gaps, "lists_missing": missing_lists})
    else:
        _print(plan, table_totals, gaps, annotate)
        _warn(missing_lists)
    if gaps or plan.counts[RowVerdict.REFUSED] or plan.counts[RowVerdict.PERSON]:
        raise typer.Exit(1)


def _as_json(plan: ImportPlan) -> dict[str, Any]:
    return {"file_sha256": plan.file_sha256, "counts": plan.counts, "rows": plan.rows}


def _print(plan: ImportPlan, table_totals: ControlTotals | None, gaps: list[str], annotate: Path | None) -> None:
    counts = [(verdict, count) for verdict, count in plan.counts.items() if count]
    out.print(
        rows_table(
            ("Verdict", "Partnerships", ""), [(verdict.value, count, MEANINGS[verdict]) for verdict, count in counts]
        )
    )
    lines = told_once(plan)
    for line in lines[:_MOST_SHOWN]:
        out.print(line, markup=False, soft_wrap=True, highlight=False)
    if len(lines) > _MOST_SHOWN:
        out.print(f"... and {len(lines) - _MOST_SHOWN} lines more: --annotate writes all of them beside their cells")
    for line in gaps:
        out.print(f"totals: {line}", markup=False, soft_wrap=True, highlight=False)
    if table_totals is not None:
        out.print(f"In the table: {in_words(table_totals)}.", markup=False, soft_wrap=True, highlight=False)
    for line in _rests(plan):
        out.print(line, markup=False, soft_wrap=True, highlight=False)
    if annotate is not None:
        out.print(f"Each fault stands at its cell in {annotate}.", markup=False, soft_wrap=True)


def _rests(plan: ImportPlan) -> list[str]:
    """Return a line for each stage of which something was agreed and no column says what became of it."""
    sums = [(words, rests_of(plan.partnerships, stage)) for stage, words in _OF_STAGE.items()]
    return [
        f"Agreed, and neither paid nor in a column of `tranches`, of {words}: {_sums_in_words(rests)}."
        for words, rests in sums
        if rests
    ]


def _warn(missing_lists: Sequence[str]) -> None:
    if missing_lists:
        err.print(
            f"Not loaded, so that no name was compared with it: {', '.join(missing_lists)}."
            " Load each (`accord registers refresh`), and check the table anew before anybody signs.",
            markup=False,
            soft_wrap=True,
        )


def told_once(plan: ImportPlan) -> list[str]:
    """Return the lines about all rows. A fault that many rows share in the same words is told once, with a count."""
    counts = Counter((fault.field, fault.fault) for row in plan.rows for fault in row.faults)
    told: set[tuple[str, str]] = set()
    lines: list[str] = []
    for row in plan.rows:
        rare = tuple(fault for fault in row.faults if counts[fault.field, fault.fault] <= _MOST_ALIKE)
        for fault in row.faults:
            words = (fault.field, fault.fault)
            if counts[words] > _MOST_ALIKE and words not in told:
                told.add(words)
                lines.append(f"{_begin(row)}: {fault}; {counts[words] - 1:,} more say the same")
        lines += lines_of(row.model_copy(update={"faults": rare}))
    return lines


def _begin(row: ImportRow) -> str:
    return f"{row.key or f'row {row.rows[0]}'}"


def lines_of(row: ImportRow) -> list[str]:
    """Return the lines about a row: its faults, questions, and notes of readings."""
    begin = _begin(row)
    questions = [f"{begin}: {question}" for question in row.questions if row.verdict is RowVerdict.PERSON]
    return [*(f"{begin}: {fault}" for fault in row.faults), *questions, *(f"{begin}: {note}" for note in row.notes)]


def in_words(totals: ControlTotals) -> str:
    """Return totals in a line."""
    parts = [f"{totals.partnerships:,} partnerships"]
    for name in ("agreed", "paid", "returned", "not_paid"):
        sums = getattr(totals, name)
        parts += [f"{name.replace('_', ' ')} {_sums_in_words(sums)}"] if sums else []
    return ", ".join(parts)


def _sums_in_words(sums: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{currency} {amount:,}" for currency, amount in sums.items())


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("suggest")(suggest_mapping)
    app.command("check")(check)
