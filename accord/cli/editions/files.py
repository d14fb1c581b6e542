"""Shell commands on editions as files: make, check, preview, compare and export them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.editions.sources import EditionOption, Named, SourceArgument, content_under, edition_named, is_file
from accord.cli.options import JsonOption, run
from accord.cli.printing.new_files import write_new
from accord.cli.printing.output import err, out, print_json
from accord.client.desk import Desk, open_desk
from accord.presentation.editions.common_grants import exported
from accord.presentation.editions.differing import DifferenceInWords, difference_in_words
from accord.presentation.editions.preview import PreviewEntry, preview_of
from accord.presentation.editions.reading import EditionFile, read_edition
from accord.presentation.editions.workbook_out import workbook_of
from accord.presentation.faults import BadInput
from accord.presentation.words.organisation.editions import title_of
from domain.editions.content import EditionContent
from domain.editions.kinds import order_of
from domain.editions.models import digest_of_content
from domain.editions.questions import QuestionSet
from records.editions import Editions

EditionFileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A workbook (.xlsx) or a JSON file.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; none is written over.")]


def check(file: EditionFileArgument, as_json: JsonOption = False) -> None:
    """Check a file: every fault with its line or cell, what is wrong, and what to write.

    Nothing is recorded. Which editions a call names is asked where it is asked for.

    Example: accord editions check interim-report.xlsx
    """
    _told(_read(file), file, as_json)


def make(
    file: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="A workbook, a row a question.")],
    out_file: OutOption,
    as_json: JsonOption = False,
) -> None:
    """Make an edition's file of a workbook: canonical JSON, whose digest is the edition's.

    Example: accord editions make interim-report.xlsx --out interim-report.json
    """
    edition = _read(file)
    write_new(out_file, edition.content.canonical())
    _told(edition, out_file, as_json)


def workbook(source: SourceArgument, out_file: OutOption, edition: EditionOption = "") -> None:
    """Write an edition as a workbook, to change it and make the next one of it.

    Examples: accord editions workbook interim-report.json --out interim-report.xlsx;
    accord editions workbook interim-report --out interim-report.xlsx
    """
    write_new(out_file, workbook_of(_named(source, edition).content))
    out.print(f"Wrote {out_file}.", markup=False)


def preview(
    source: SourceArgument,
    edition: EditionOption = "",
    language: Annotated[str, typer.Option("--language", help="One of its languages; by default the first.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show an edition as those see it whom it is for, in one of its languages.

    Example: accord editions preview interim-report --language es
    """
    target = _named(source, edition)
    content, language_code = target.content, language or target.content.languages[0]
    if language_code not in content.languages:
        raise BadInput(
            f"--language: it is not given in {language_code[:10]!r}; it is in {', '.join(content.languages)}"
        )
    if as_json:
        return print_json({**about(target), **_preview_as_json(content, language_code)})
    _say(title_of(content, language_code))
    _say(f"{content.kind} {content.name} {content.edition}, {target.where}, digest {target.sha256[:16]}", quiet=True)
    for preview_page in preview_of(content, language_code):
        _say(f"\n{preview_page.title.upper()}" if preview_page.title else "")
        for entry in preview_page.entries:
            _print_entry(entry)
    return None


def _preview_as_json(content: EditionContent, language: str) -> dict[str, Any]:
    pages = [
        {"title": preview_page.title, "entries": [entry._asdict() for entry in preview_page.entries]}
        for preview_page in preview_of(content, language)
    ]
    return {"language": language, "title": content.said("title", language), "pages": pages}


def _print_entry(entry: PreviewEntry) -> None:
    marks = [entry.answer, "needed" if entry.is_needed else ""]
    marks.append(f"asked if: {entry.condition}" if entry.condition else "")
    marks_text = "; ".join(filter(None, marks))
    _say(
        f"- {entry.label}{f' ({marks_text})' if marks_text else ''}" if entry.name or marks_text else f"  {entry.label}"
    )
    fact = f"becomes {entry.becomes}" if entry.becomes else ""
    for line in filter(None, (entry.hint, " | ".join(entry.choices), fact)):
        _say(f"    {line}", quiet=True)


def diff(
    source: SourceArgument,
    before: Annotated[
        str, typer.Argument(metavar="[BEFORE]", help="By default the newest before it that is confirmed.")
    ] = "",
    edition: EditionOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show the difference to the edition before: what was added and taken away, and changed words.

    Examples: accord editions diff interim-report.xlsx; accord editions diff new.json old.json
    """

    async def work(desk: Desk | None) -> tuple[Named, EditionContent | None]:
        target = await edition_named(desk, source, edition)
        return target, await _before(desk, target.content, before)

    target, earlier = _run(work, source, before)
    if earlier is None:
        raise BadInput(f"BEFORE: no edition before {target.content.edition} of {target.content.name} is on record")
    differences = difference_in_words(earlier, target.content)
    if as_json:
        return print_json({**about(target), "before": earlier.edition, "difference": _as_json(differences)})
    return _print_difference(differences, earlier, target.content)


async def _before(desk: Desk | None, content: EditionContent, before: str) -> EditionContent | None:
    if before:
        return (await edition_named(desk, before, "")).content
    if desk is None:
        return None
    series = await Editions(desk.reader).read(content.kind, content.name)
    earlier = [edition for edition in series.confirmed if order_of(edition.edition) < order_of(content.edition)]
    return await content_under(desk, earlier[-1].sha256) if earlier else None


def _as_json(differences: DifferenceInWords) -> dict[str, Any]:
    return {**differences._asdict(), "changed": [line._asdict() for line in differences.changed]}


def _print_difference(differences: DifferenceInWords, earlier: EditionContent, later: EditionContent) -> None:
    _say(f"{later.kind} {later.name}: from {earlier.edition} to {later.edition}")
    if differences.is_empty:
        _say("Nothing differs but the number.")
    for words, parts in (
        ("Added", differences.added),
        ("Taken away", differences.removed),
        ("In another place", differences.moved),
    ):
        for part in parts:
            _say(f"{words}: {part}")
    for line in differences.changed:
        _say(f"Changed: {line.part}: {line.setting}")
        _say(f"    before: {line.before or '(nothing)'}", quiet=True)
        _say(f"    after:  {line.after or '(nothing)'}", quiet=True)


def export(source: SourceArgument, edition: EditionOption = "") -> None:
    """Print a question set for other systems: its JSON Schema, and the mapping to and from CommonGrants.

    Example: accord editions export interim-report > interim-report.schema.json
    """
    content = _named(source, edition).content
    if not isinstance(content, QuestionSet):
        raise BadInput(f"EDITION: {content.name} is of the kind {content.kind}; question sets alone are exported")
    print_json(exported(content))


def _read(file: Path) -> EditionFile:
    edition = read_edition(file)
    for note in edition.notes:
        err.print(f"accord: {note}", markup=False)
    return edition


def _told(edition: EditionFile, file: Path, as_json: bool) -> None:
    content = edition.content
    target = Named(content, digest_of_content(content.canonical()), file.name)
    if as_json:
        return print_json({**about(target), "notes": list(edition.notes)})
    languages = ", ".join(content.languages)
    _say(f"{file.name}: {content.kind} {content.name} {content.edition} in {languages}, without a fault.")
    return _say(f"Its digest is {target.sha256}.")


def about(target: Named) -> dict[str, Any]:
    """Return an edition's name as JSON tells it."""
    content = target.content
    return {
        "kind": content.kind, "name": content.name, "edition": content.edition,
        "languages": list(content.languages), "sha256": target.sha256, "where": target.where,
    }  # fmt: skip


def _named(source: str, edition: str) -> Named:
    async def work(desk: Desk | None) -> Named:
        return await edition_named(desk, source, edition)

    target: Named = _run(work, source)
    return target


def _run(work: Any, *sources: str) -> Any:
    """Run with a desk, or without one where files alone are named."""

    async def at_a_desk() -> Any:
        if all(map(is_file, sources)):
            return await work(None)
        async with open_desk() as desk:
            return await work(desk)

    return run(at_a_desk())


def _say(words: str, quiet: bool = False) -> None:
    out.print(words, markup=False, soft_wrap=True, style="dim" if quiet else None)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord editions`."""
    for command in (check, make, workbook, preview, diff, export):
        app.command()(command)
