"""Make a letter: of the edition in force and of what stands, sealed where the house has a key, and kept as a paper."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from accord.client.papers.opening import NOT_KEPT, faults_of_papers
from accord.letters.codes import LetterCode, new_code
from accord.letters.merging import Marking, merged
from accord.letters.orders import LetterOrder
from accord.letters.rendering import render
from accord.letters.sealer import ask_seal
from accord.letters.sealing import SealRefused
from accord.presentation.faults import BadInput, Refused, Unreachable
from deploy.settings import sealer_socket
from deploy.variables import configured
from domain.editions.kinds import EditionKind
from domain.editions.letters import LetterTemplate
from domain.editions.series import ConfirmedEdition, EditionSeries
from domain.errors import DomainError
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.facts import LetterFacts
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.state import Partnership
from ledger import clock
from records.authorship import Reader
from records.editions import Editions, edition_content

if TYPE_CHECKING:
    from papers.keeping import Papers

PAGE_VARIABLE: Final = "ACCORD_LETTER_PAGE"
FONTS_VARIABLE: Final = "ACCORD_FONTS"


class HouseSettings(NamedTuple):
    """The settings of letters on this machine."""

    sealer: str = ""
    """The socket of the process that seals, or '' where the house has no key: letters go unsealed."""
    page: str = ""
    """The address at which letters are confirmed, or '' for the code alone."""
    fonts: str = ""
    """A folder of further fonts, or ''."""


def house_settings() -> HouseSettings:
    """Return the settings of letters on this machine."""
    return HouseSettings(sealer_socket(), configured(PAGE_VARIABLE), configured(FONTS_VARIABLE))


class TemplateInForce(NamedTuple):
    """A letter's template that is in force."""

    edition: ConfirmedEdition
    template: LetterTemplate


class MadeLetter(NamedTuple):
    """A letter that was made, and is not issued."""

    pdf: bytes
    code: LetterCode
    content: dict[str, Any]
    """The content of the command that issues it."""
    facts: LetterFacts


async def templates_in_force(reader: Reader) -> list[TemplateInForce]:
    """Return the templates of letters that are in force, by their names."""
    today = clock.today()
    every = [series for series in await Editions(reader).every() if series.kind is EditionKind.LETTER]
    current = [edition for series in every if (edition := series.in_force(today)) is not None]
    return [await _template(reader, edition) for edition in current]


async def template_in_force(reader: Reader, name: str) -> TemplateInForce:
    """Return a letter's template that is in force.

    Raises:
        BadInput: None of this name is.
    """
    series: EditionSeries = await Editions(reader).read(EditionKind.LETTER, name)
    current = series.in_force(clock.today())
    if current is None:
        raise BadInput(f"edition: no edition of the letter {name[:60]!r} is in force; see `accord editions list`")
    return await _template(reader, current)


async def _template(reader: Reader, edition: ConfirmedEdition) -> TemplateInForce:
    async with reader.ledger.connection() as connection:
        try:
            content = await edition_content(connection, edition.sha256)
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
    if not isinstance(content, LetterTemplate):
        raise Refused(f"the edition {edition.edition} under {edition.sha256[:16]} is no letter's template")
    return TemplateInForce(edition, content)


def facts_for(partnership: Partnership, letter: LetterKind, order: LetterOrder) -> LetterFacts:
    """Return the facts of a letter as they stand. Raises Refused if there is no such letter now."""
    try:
        return letter_facts(partnership, LetterWish(letter, clock.today(), order.about, order.note))
    except DomainError as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


async def make_letter(reader: Reader, partnership: Partnership, order: LetterOrder, house: HouseSettings) -> MadeLetter:
    """Return a letter of what stands, sealed where the house seals. Nothing is kept or recorded.

    Raises:
        BadInput: The edition, its language or a fact cannot be used.
        Refused: There is no such letter now, or it cannot be sealed.
    """
    current = await template_in_force(reader, order.edition_name)
    facts = facts_for(partnership, current.template.letter, order)
    code = new_code(partnership.partnership_id)
    letter = merged(current.template, facts, order.language, Marking(code, house.page))
    pdf = await render(current.template.template, letter, facts.on, house.fonts)
    if house.sealer:
        try:
            pdf = await ask_seal(pdf, Path(house.sealer))
        except SealRefused as fault:
            raise Refused(str(fault), "SealRefused") from fault
    return MadeLetter(pdf, code, _content(current, facts, order, code), facts)


def _content(current: TemplateInForce, facts: LetterFacts, order: LetterOrder, code: LetterCode) -> dict[str, Any]:
    return {
        "letter": facts.letter,
        "about": order.about,
        "note": order.note,
        "to": facts.to.part,
        "dated": facts.on,
        "language": order.language,
        "edition_name": current.edition.request.name,
        "edition": current.edition.edition,
        "edition_sha256": current.edition.sha256,
        "facts_sha256": facts.sha256,
        "code_sha256": code.sha256,
    }


async def keep_letter(papers: Papers | None, made: MadeLetter, by: str) -> dict[str, Any]:
    """Keep a letter among the papers of its partnership, and return the content of the command that issues it.

    Raises:
        Unreachable: No papers are kept here, or the store does not answer.
    """
    if papers is None:
        raise Unreachable(NOT_KEPT)
    with faults_of_papers("letter"):
        paper = await papers.put(BytesIO(made.pdf), by, made.code.partnership_id, "letter.pdf")
    return {**made.content, "pdf_sha256": paper.sha256}
