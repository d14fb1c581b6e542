"""Shell commands that make letters of what stands: list, preview, issue, show, and check a code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from accord.cli.options import ActorOption, JsonOption, SeenOption, run, whole_id
from accord.cli.partnerships.acts import add_act
from accord.cli.partnerships.deciding import Showing, YesOption, show_before_signing, with_file
from accord.cli.printing.new_files import write_new
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.printing.receipts import print_receipt
from accord.client.desk import Desk, open_desk
from accord.client.papers.opening import faults_of_papers, open_papers
from accord.letters.checking import letter_under
from accord.letters.codes import read_code
from accord.letters.making import HouseSettings, MadeLetter, house_settings, keep_letter, make_letter
from accord.letters.orders import LetterOrder
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.codes import as_sentence, words_of
from domain.partnership import commands as c
from domain.partnership.events import LetterIssued
from workflows.messages import Receipt

_COLUMNS: Final = ("No.", "Letter", "To", "Dated", "Language", "Edition", "Issued by", "Digest")
_EXAMPLE: Final = "letters issue P-2026-0042 --edition award --language es --as ana.silva"
PartnershipArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The partnership, such as P-2026-0042.", callback=whole_id)
]
EditionNameOption = Annotated[
    str, typer.Option("--edition", metavar="NAME", help="The letter by its edition's name, such as award.")
]
LanguageOption = Annotated[str, typer.Option("--language", help="One of the edition's languages.")]
AboutOption = Annotated[
    int | None, typer.Option("--about", help="The number of the report, payment or contribution that it is about.")
]
NoteOption = Annotated[
    str, typer.Option("--note", help="What it says beside the facts, where its kind takes a sentence.")
]
PdfOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF to write; none is written over.")]


def preview(
    partnership: PartnershipArgument,
    edition: EditionNameOption,
    out_file: PdfOption,
    language: LanguageOption = "en",
    about: AboutOption = None,
    note: NoteOption = "",
) -> None:
    """Write a letter as it would be issued now, without a seal. Nothing is kept or recorded.

    Example: accord letters preview P-2026-0042 --edition award --language es --out award.pdf
    """
    order = LetterOrder(edition, language, about, note or None)

    async def work() -> MadeLetter:
        async with open_desk() as desk:
            sight = await desk.known_sight(partnership)
            unsealed = house_settings()._replace(sealer="")
            return await make_letter(desk.reader, sight.partnership, order, unsealed)

    made = run(work())
    write_new(out_file, made.pdf)
    out.print(f"Wrote {out_file}: {_what(made)}, as it stands now. It is not issued.", markup=False)


def issue(
    partnership: PartnershipArgument,
    edition: EditionNameOption,
    actor: ActorOption,
    language: LanguageOption = "en",
    about: AboutOption = None,
    note: NoteOption = "",
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a letter of the edition in force and of what stands, seal it, keep it, and sign its digest."""
    order = LetterOrder(edition, language, about, note or None)

    async def work() -> tuple[MadeLetter, Receipt]:
        async with open_desk(acting=True) as desk:
            return await _issued(desk, partnership, order, actor, house_settings(), seen, Showing.unless(yes, as_json))

    made, receipt = run(work())
    print_receipt(receipt, as_json)
    if not as_json:
        out.print(f"Its code: {made.code}", markup=False)


async def _issued(
    desk: Desk,
    partnership: str,
    order: LetterOrder,
    actor: str,
    house: HouseSettings,
    seen: int | None,
    showing: Showing,
) -> tuple[MadeLetter, Receipt]:
    sight = await desk.as_seen(partnership, seen)
    made = await make_letter(desk.reader, sight.partnership, order, house)
    content = await keep_letter(open_papers(desk.pool), made, actor)
    await show_before_signing(desk, sight, c.IssueLetter, actor, content, showing)
    return made, await with_file(desk, await desk.decide(sight, c.IssueLetter, actor, **content))


def _what(made: MadeLetter) -> str:
    return f"the {words_of(made.facts.letter)} to {made.facts.to.name}"


def list_letters(partnership: PartnershipArgument, as_json: JsonOption = False) -> None:
    """List the letters that were issued in a partnership.

    Example: accord letters list P-2026-0042
    """
    letters = run(_letters(partnership))
    if as_json:
        return print_json([_as_json(number, letter) for number, letter in enumerate(letters, 1)])
    if not letters:
        return out.print(f"No letters of {partnership} yet; make one with `accord letters preview`.", markup=False)
    return out.print(rows_table(_COLUMNS, [_row(number, letter) for number, letter in enumerate(letters, 1)]))


async def _letters(partnership: str) -> list[LetterIssued]:
    async with open_desk() as desk:
        await desk.known_sight(partnership)
        history = await desk.history(partnership)
        return [recorded.event for recorded in history if isinstance(recorded.event, LetterIssued)]


def _row(number: int, letter: LetterIssued) -> tuple[object, ...]:
    edition = f"{letter.edition_name} {letter.edition}"
    what = as_sentence(words_of(letter.letter)) + (f" {letter.about}" if letter.about is not None else "")
    place = (words_of(letter.to), letter.dated, letter.language, edition, letter.actor, letter.pdf_sha256[:16])
    return number, what, *place


def _as_json(number: int, letter: LetterIssued) -> dict[str, Any]:
    fields = letter.model_dump(mode="json", exclude={"signature", "event_type"})
    return {"number": number, **fields}


def show(
    partnership: PartnershipArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `accord letters list` numbers it.")],
    actor: ActorOption,
    out_file: PdfOption,
) -> None:
    """Write a letter that was issued, as its digest says. It is a look in the access log.

    Example: accord letters show P-2026-0042 1 --out award.pdf --as ana.silva
    """

    async def work() -> tuple[LetterIssued, bytes]:
        letters = await _letters(partnership)
        if not 1 <= number <= len(letters):
            raise BadInput(f"NUMBER: {partnership} has {len(letters)} letters; see `accord letters list {partnership}`")
        letter = letters[number - 1]
        async with open_desk() as desk:
            with faults_of_papers("letter"):
                parts = open_papers(desk.pool).open(bytes.fromhex(letter.pdf_sha256), actor)
                return letter, b"".join([part async for part in parts])

    letter, content = run(work())
    write_new(out_file, content)
    out.print(f"Wrote {out_file}: the {words_of(letter.letter)} of {letter.dated}.", markup=False)
    err.print(f"SHA-256 {letter.pdf_sha256}", style="dim", markup=False)


def check(
    code: Annotated[str, typer.Argument(metavar="CODE", help="As it stands on the letter.")],
    as_json: JsonOption = False,
) -> None:
    """Check a letter by its code: its day, its kind and the digest of its PDF, or that nobody knows it.

    Nothing of its content is said. Compare the digest with that of the file: `sha256sum letter.pdf`.

    Example: accord letters check P-2026-0042-7KQ2-9FJM-3D8V-X1TZ
    """
    typed = read_code(code)

    async def work() -> Any:
        async with open_desk() as desk:
            return await letter_under(desk, typed)

    found = run(work())
    if found is None:
        raise Refused(f"{typed}: unknown; no letter with this code was issued here", "UnknownLetter")
    if as_json:
        return print_json({"letter": found.letter, "on": found.on.isoformat(), "pdf_sha256": found.pdf_sha256})
    return out.print(
        f"Issued on {found.on}: {words_of(found.letter)}.\nSHA-256 {found.pdf_sha256}", markup=False, soft_wrap=True
    )


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord letters`."""
    app.command("list")(list_letters)
    app.command()(preview)
    add_act(app, c.IssueLetter, issue, _EXAMPLE)
    app.command()(show)
    app.command()(check)
