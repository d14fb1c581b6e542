"""Shell commands that read at the grantee's door: the inbox, and one submission."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accord.cli.door.acts import SubmissionArgument
from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.door.inbox import PAGE, InboxLine, inbox_lines
from accord.client.door.opening import DoorPaper, OpenedSubmission, open_submission
from accord.presentation.door.answers import AnswerRow, answer_rows
from accord.presentation.door.becoming import acts_of
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import time_in_words
from domain.partnership.procedure import PROCEDURE


def list_submissions(
    after: Annotated[int, typer.Option("--after", metavar="NUMBER", min=0, help="Only later ones.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """List what grantees handed in and nobody judged yet, the oldest first.

    It shows no content: `accord door show` opens one, which is a look in the access log.
    Example: accord door list
    """

    async def work() -> list[InboxLine]:
        async with open_desk() as desk:
            return await inbox_lines(desk, after)

    lines = run(work())
    if as_json:
        return print_json([line.as_json() for line in lines])
    headings = ("Number", "What", "Partnership", "Partner", "Handed in", "Seal", "Due", "Papers")
    out.print(rows_table(headings, map(_row, lines)) if lines else "Nothing that grantees handed in waits.")
    if len(lines) == PAGE:
        err.print(f"accord: the first {PAGE}; --after {lines[-1].number} lists those after them", style="dim")
    return None


def _row(line: InboxLine) -> tuple[object, ...]:
    about = f" {line.about}" if line.about else ""
    kind, seal = f"{words_of(line.kind)}{about}", line.seal or "not yet"
    return (
        line.number,
        kind,
        line.partnership_id,
        line.partner,
        time_in_words(line.at),
        seal,
        line.due or "-",
        _papers(line),
    )


def _papers(line: InboxLine) -> str:
    marks = {"not examined": line.to_examine, "not clean": line.faulty, "shows bank details": line.shows_bank_details}
    words = [f"{number} {mark}" if number is not True else mark for mark, number in marks.items() if number]
    return f"{line.papers} ({', '.join(words)})" if words else str(line.papers or "-")


def show_submission(submission: SubmissionArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Show a submission: what its form showed, what was handed in, and the act that it becomes.

    It is a look of yours in the access log.
    Example: accord door show 7 --as pia.berg
    """

    async def work() -> OpenedSubmission:
        async with open_desk() as desk:
            return await open_submission(desk, submission, actor)

    entry = run(work())
    rows = answer_rows(entry.evidence)
    return print_json(_as_json(entry)) if as_json else _print(entry, rows)


def _as_json(entry: OpenedSubmission) -> dict[str, Any]:
    judgement = entry.judgement
    return {
        "number": entry.number,
        "sha256": entry.content.sha256,
        "seal": entry.reference.seal if entry.reference is not None else None,
        "content": entry.content.model_dump(mode="json"),
        "shown": dict(entry.form_content),
        "papers": [paper._asdict() for paper in entry.papers],
        "judged": judgement.model_dump(mode="json") if judgement is not None else None,
        "acts": [PROCEDURE[command].name for command in acts_of(entry.kind)],
    }


def _print(entry: OpenedSubmission, rows: tuple[AnswerRow, ...]) -> None:
    content, seal = entry.content, entry.reference.seal if entry.reference is not None else "none yet"
    lines = [
        f"Submission {entry.number} for {content.subject} {entry.partnership.proposed.title}: {words_of(entry.kind)}",
        f"Handed in {time_in_words(content.at)} by {content.name}, {content.capacity}; under the seal of event: {seal}",
    ]
    if entry.judgement is not None:
        judgement = entry.judgement
        lines.append(f"{words_of(judgement.fate)} by {judgement.actor} on {judgement.on}")
    for line in lines:
        out.print(line, soft_wrap=True, markup=False)
    table = [(row.label, row.known or "-", "\n".join(row.handed_in), row.becomes or "-", _mark(row)) for row in rows]
    out.print(rows_table(("Question", "Known", "Handed in", "Becomes", "Mark"), table))
    for paper in entry.papers:
        out.print(_paper(paper), soft_wrap=True, markup=False)
    acts = " or ".join(PROCEDURE[command].name for command in acts_of(entry.kind))
    out.print(f"It is taken over by: {acts}; `accord door take-over {entry.number}`", soft_wrap=True, markup=False)


def _mark(row: AnswerRow) -> str:
    return ", ".join(mark for mark in (row.difference, "looks like bank details" if row.bank_details else "") if mark)


def _paper(paper: DoorPaper) -> str:
    verdict = paper.verdict.replace("_", " ").lower() or "not examined yet"
    return f"Paper {paper.name} ({paper.field}), {paper.size:,} bytes, {verdict} {paper.why}".rstrip()


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord door`."""
    app.command("list")(list_submissions)
    app.command("show")(show_submission)
