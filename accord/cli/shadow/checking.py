"""`accord shadow`: what the rules would have said of another system's approvals and payments. Nothing is decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.proof.proof_options import KnownOption, guarded
from accord.client.database import open_database
from accord.client.log_keys import known_keys, signing_key
from accord.operations.kept.report_log import KeptReport
from accord.operations.shadow.checking import check_export
from accord.operations.shadow.log import ShadowLog
from accord.operations.shadow.workbook import as_workbook_of
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of, parse_file, schema_hint
from deploy.variables import configured
from domain.shadow.line import ShadowLine
from domain.shadow.mapping import ShadowMapping
from domain.shadow.report import ShadowReport
from ledger import clock
from ledger.proof.notes import SigningKey

_MOST_SHOWN: Final = 40


FolderArgument = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="The folder of the export's files.", exists=True, file_okay=False)
]
DayOption = Annotated[
    str, typer.Option("--day", metavar="DAY", help="The day of the export, such as 2026-11-30; today without it.")
]
SinceOption = Annotated[
    str, typer.Option("--since", metavar="DAY", help="Judge decisions from this day on; all without it.")
]
KeyOption = Annotated[Path | None, typer.Option("--key", help="Sign the report with this key, and keep it in --keep.")]


def check_shadow(
    folder: FolderArgument,
    mapping: Annotated[Path, typer.Option("--mapping", help="Which column holds which fact, as TOML.", exists=True)],
    day_text: DayOption = "",
    since_text: SinceOption = "",
    workbook: Annotated[Path | None, typer.Option("--workbook", help="Write the report as .xlsx, too.")] = None,
    key_file: KeyOption = None,
    keep: Annotated[Path | None, typer.Option("--keep", help="The folder of kept reports.")] = None,
    known: KnownOption = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Judge the approvals and payments of another system's export by the rules. Nothing is decided or recorded.

    Each payee is looked up in the registers as of the day of its approval or payment. What is unknown is counted, and
    never a pass. With --key and --keep the report is kept under a signed line, each naming the line before it.
    Exit code 1 if something would have been stopped or asked about, and 0 otherwise.
    Example: accord shadow check export --mapping mapping.toml --day 2026-11-30 --workbook report.xlsx
    """
    if (key_file is None) is not (keep is None):
        raise BadInput("--key, --keep: give both, or neither")
    day = _day("--day", day_text) or clock.today()
    if day > clock.today():
        raise BadInput(f"--day: {day} is still to come; no register of it is known")
    since, form = _day("--since", since_text), _mapping_at(mapping)
    key = signing_key(key_file) if key_file is not None else None
    report = run(_check(folder, form, day, since))
    kept = _kept(report, key, keep, known) if key is not None and keep is not None else None
    if workbook is not None:
        workbook.write_bytes(as_workbook_of(report))
    if as_json:
        print_json({**report.model_dump(mode="json"), "report_sha256": report.sha256, "kept": _as_json(kept)})
    else:
        _print(report, kept)
    raise typer.Exit(1 if report.objections else 0)


def verify_shadow(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of kept reports.", exists=True, file_okay=False)
    ],
    known: KnownOption = [],  # noqa: B006
) -> None:
    """Verify kept reports: each line is signed, names the one before it, and its report is as it was signed.

    The exit code is 1 if one is not.
    Example: accord shadow verify kept --log ledger.key.pub
    """
    log = ShadowLog(folder, known_keys(known))
    faults = log.faults()
    for fault in faults:
        out.print(fault, markup=False, soft_wrap=True)
    if faults:
        raise typer.Exit(1)
    out.print(f"{len(log.lines())} reports, each as it was signed.")


async def _check(folder: Path, form: ShadowMapping, day: date, since: date | None) -> ShadowReport:
    names = [table.file for table in form.tables.values()]
    try:
        files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    except OSError as fault:
        raise BadInput(f"{folder}: {fault.filename} cannot be read ({fault.strerror})") from fault
    async with open_database() as pool:
        return await check_export(pool, files, form, day, since)


def _kept(report: ShadowReport, key: SigningKey, folder: Path, known: list[str]) -> KeptReport[ShadowLine]:
    keys = known_keys(known) if known or configured("ACCORD_LOG") else ()
    result: list[KeptReport[ShadowLine]] = []

    async def work() -> None:
        result.append(ShadowLog(folder, (key.verifier, *keys)).keep(report, key, clock.now()))

    guarded(work)
    return result[0]


def _mapping_at(path: Path) -> ShadowMapping:
    try:
        return ShadowMapping.model_validate(parse_file(path))
    except ValidationError as fault:
        raise BadInput(f"{path.name} has {faults_of(fault)}\n{schema_hint(ShadowMapping)}") from None


def _day(option: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{option}: {text!r} is no day; write it like 2026-11-30") from None


def _as_json(kept: KeptReport[ShadowLine] | None) -> dict[str, Any] | None:
    return kept.line.model_dump(mode="json") if kept is not None else None


def _print(report: ShadowReport, kept: KeptReport[ShadowLine] | None) -> None:
    out.print(
        f"{report.source} as of {report.day}, by edition {report.rule_book}: {report.approvals} approvals and "
        f"{report.payments} payments. Accord would have stopped {report.stopped} of them, and asked about "
        f"{report.asked} more. Nothing was decided.",
        soft_wrap=True,
    )
    for o in report.objections[:_MOST_SHOWN]:
        line = f"{o.outcome.value} {o.kind.value.lower()} {o.key} ({o.place}): {o.words} ({o.rule}; {o.source})"
        out.print(line, markup=False, soft_wrap=True, highlight=False)
    if len(report.objections) > _MOST_SHOWN:
        out.print(f"... and {len(report.objections) - _MOST_SHOWN} more: --workbook and --json have them all")
    counts = [(c.rule, c.passed, c.unknown, c.asked, c.stopped) for c in report.rules]
    out.print(rows_table(("Rule", "Passed", "Unknown", "Asked", "Stopped"), counts))
    missing = [f"{f.table}.{f.field} ({f.why.value.lower()}, {f.rows} rows)" for f in report.unknown]
    out.print(f"Unknown, and no pass: {', '.join(missing) or 'nothing'}.", markup=False, soft_wrap=True)
    out.print(f"Not asked: {'; '.join(report.not_asked)}.", soft_wrap=True)
    if kept is None:
        out.print(f"Not kept: name --key and --keep. The report's SHA-256 is {report.sha256}.", soft_wrap=True)
    else:
        state = "kept and signed" if kept.is_new else "its line says so already"
        out.print(f"{kept.report}: {state}, line {kept.line.number}.", markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("check")(check_shadow)
    app.command("verify")(verify_shadow)
