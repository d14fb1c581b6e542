"""`accord policy rerun`: an edition, or a draft of one, run over the decisions of some days. Nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accord.cli.options import JsonOption
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.proof.proof_options import KnownOption, guarded
from accord.client.desk import open_desk
from accord.client.log_keys import known_keys, signing_key
from accord.operations.kept.report_log import KeptReport
from accord.operations.rerun.log import RerunLog
from accord.operations.rerun.running import RerunDays, run_again
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import read_file
from accord.presentation.words.organisation.rerun import DEEDS, KINDS, VERDICTS, reasons_of
from deploy.variables import configured
from domain.policy.rulebook import EDITIONS
from domain.rerun.draft import EditionDraft, released
from domain.rerun.line import RerunLine
from domain.rerun.report import RerunReport, VerdictSums
from ledger import clock
from ledger.proof.notes import SigningKey

_MOST_SHOWN: Final = 40

_DRAFT_HELP: Final = f"A draft's file (TOML), or a released edition: {', '.join(EDITIONS)}."


FromOption = Annotated[
    str, typer.Option("--from", metavar="DAY", help="The first day, such as 2025-01-01; last year's without it.")
]
UntilOption = Annotated[
    str, typer.Option("--until", metavar="DAY", help="The last day, such as 2025-12-31; last year's without it.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="The folder of kept reruns, with --key; the console shows that of checkpoints.",
    ),
]


def rerun(
    edition: Annotated[str, typer.Option("--edition", metavar="DRAFT", help=_DRAFT_HELP)],
    since_text: FromOption = "",
    until_text: UntilOption = "",
    folder: OutOption = None,
    key_file: Annotated[Path | None, typer.Option("--key", help="Sign the report's line with this key.")] = None,
    rerun_stand: KnownOption = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Run a draft edition over every approval, payment and refusal of a year: who would have waited, or been refused.

    Each decision is judged by the facts that were recorded then. A new rule that asks a fact which nobody recorded
    makes it unknown, by the fact's name, and never a pass. The report names partnerships, and rules with their sources,
    by country and size, and no natural person. With --key and --out it is kept under a signed line that names the
    ledger's position and root. Nothing is decided or recorded. How a draft is written: docs/editions.md.
    Example: accord policy rerun --edition draft.toml --from 2025-01-01 --until 2025-12-31 --out kept --key ledger.key
    """
    if (key_file is None) is not (folder is None):
        raise BadInput("--key, --out: give both, or neither")
    draft, days = _draft(edition), _days(since_text, until_text)
    key = signing_key(key_file) if key_file is not None else None
    report, kept_run = _run(draft, days, folder, key, rerun_stand)
    if as_json:
        line = kept_run.line.model_dump(mode="json") if kept_run is not None else None
        print_json({**report.model_dump(mode="json"), "report_sha256": report.sha256, "kept": line})
    else:
        _print(report, kept_run)


def verify_reruns(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of kept reruns.", exists=True, file_okay=False)
    ],
    rerun_stand: KnownOption = [],  # noqa: B006
    as_json: JsonOption = False,
) -> None:
    """Verify kept reruns without a database: each line is signed, names the one before it, and its report is as signed.

    Each line names the ledger's position and root. A signed checkpoint of that position in the folder must have the
    same root. The exit code is 1 if something does not hold.
    Example: accord policy verify kept --log ledger.key.pub
    """
    log = RerunLog(folder, known_keys(rerun_stand))
    if faults := log.faults():
        raise Refused("; ".join(faults), "Unfaithful")
    lines = log.lines()
    if as_json:
        print_json({"lines": [line.model_dump(mode="json") for line in lines]})
    else:
        for line in lines:
            out.print(_line_words(line), markup=False, soft_wrap=True, highlight=False)
        out.print(f"{len(lines)} reruns, each as it was signed.")


def _draft(text: str) -> EditionDraft:
    if text in EDITIONS:
        return released(text)
    path = Path(text)
    if not path.is_file():
        raise BadInput(f"--edition: {text} is no file of a draft, and no edition; there are {', '.join(EDITIONS)}")
    return read_file(path, EditionDraft)


def _days(since_text: str, until_text: str) -> RerunDays:
    year = clock.today().year - 1
    days = RerunDays(_day("--from", since_text) or date(year, 1, 1), _day("--until", until_text) or date(year, 12, 31))
    if days.since > days.until:
        raise BadInput(f"--from, --until: {days.since} is after {days.until}")
    return days


def _day(option: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{option}: {text!r} is no day; write it like 2025-12-31") from None


def _run(
    draft: EditionDraft, days: RerunDays, folder: Path | None, key: SigningKey | None, rerun_stand: list[str]
) -> tuple[RerunReport, KeptReport[RerunLine] | None]:
    keys = known_keys(rerun_stand) if rerun_stand or configured("ACCORD_LOG") else ()
    results: list[tuple[RerunReport, KeptReport[RerunLine] | None]] = []

    async def work() -> None:
        async with open_desk() as desk:
            with _progress() as bar:
                task = bar.add_task("Running decisions again", total=None)
                report = await run_again(
                    desk.reader, draft, days, lambda number, total: bar.update(task, completed=number, total=total)
                )
        log = RerunLog(folder, (key.verifier, *keys)) if folder is not None and key is not None else None
        kept_run = log.keep(report, key, clock.now()) if log is not None and key is not None else None
        results.append((report, kept_run))

    guarded(work)
    return results[0]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip


def _print(report: RerunReport, kept_run: KeptReport[RerunLine] | None) -> None:
    draft = report.edition
    name = draft.name if draft.name == draft.after else f"{draft.name} (a draft after {draft.after})"
    out.print(
        f"{report.decisions} decisions of {report.since} to {report.until}, by edition {name}, as of {report.position} "
        "events of the ledger. Nothing was decided.",
        soft_wrap=True, markup=False,
    )  # fmt: skip
    out.print(rows_table(("Decisions", "Verdict", "Number", "Sums", "In base"), _rows(report.verdicts)))
    for title, groups in (("Country", report.countries), ("Size", report.sizes)):
        rows = [(group.group, *row) for group in groups for row in _rows(group.verdicts)]
        out.print(rows_table((title, "Decisions", "Verdict", "Number", "Sums", "In base"), rows))
    _print_otherwise(report)
    _print_beside(report)
    if kept_run is None:
        out.print(f"Not kept: name --key and --out. The report's SHA-256 is {report.sha256}.", soft_wrap=True)
    else:
        state = "kept and signed" if kept_run.is_new else "its line says so already"
        out.print(f"{kept_run.report}: {state}, line {kept_run.line.number}.", markup=False, soft_wrap=True)


def _rows(lines: Iterable[VerdictSums]) -> list[tuple[Any, ...]]:
    return [
        (KINDS[line.kind], VERDICTS[line.verdict], line.decisions, " and ".join(map(str, line.sums)), _base(line))
        for line in lines
    ]


def _base(line: VerdictSums) -> str:
    without = f"{line.without_rate} without a rate" if line.without_rate and line.in_base is not None else ""
    return ", ".join(filter(None, (str(line.in_base or ""), without)))


def _print_otherwise(report: RerunReport) -> None:
    for decision in report.otherwise[:_MOST_SHOWN]:
        reasons = "; ".join(f"{words} ({rule})" if rule else words for words, rule in reasons_of(decision))
        line = f"{decision.partnership} {DEEDS[decision.kind]} {decision.day}: {VERDICTS[decision.verdict]}: {reasons}"
        out.print(line, markup=False, soft_wrap=True, highlight=False)
    if len(report.otherwise) > _MOST_SHOWN:
        out.print(f"... and {len(report.otherwise) - _MOST_SHOWN} more: --json and the kept report have them all")


def _print_beside(report: RerunReport) -> None:
    facts = [f"{fact.fact} ({fact.rule}, {fact.decisions} decisions)" for fact in report.unknown]
    out.print(f"Unknown, and no pass: {', '.join(facts) or 'nothing'}.", markup=False, soft_wrap=True)
    beside = report.beside
    counts = (
        (beside.refused_by_people, "refusals by people"), (beside.withheld, "payments withheld before they left"),
        (beside.imported, "partnerships of before"),
        (len(beside.cut_short), "partnerships that cannot be read to the end"),
        (report.erased, "decisions that name somebody erased, compared by their findings"),
    )  # fmt: skip
    words = [f"{number} {noun}" for number, noun in counts if number]
    out.print(f"Beside them: {', '.join(words) or 'nothing'}.", soft_wrap=True)
    out.print(f"Not answered: {'; '.join(report.not_answered)}.", soft_wrap=True)


def _line_words(line: RerunLine) -> str:
    return (
        f"line {line.number}: edition {line.edition}, {line.since} to {line.until}: {line.decisions} decisions, "
        f"{line.refused} would have been refused, {line.waited} would have waited, {line.allowed} not been refused, "
        f"{line.unknown} unknown; ledger of {line.position} events with root {line.root}"
    )


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to `accord policy`."""
    app.command("rerun")(rerun)
    app.command("verify")(verify_reruns)
