"""Look up what a letter rests on beside its partnership: the edition in force, and the PDF that is kept."""

from __future__ import annotations

from domain.editions.kinds import EditionKind
from domain.editions.letters import LetterTemplate
from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership.commands import IssueLetter
from papers.register import is_kept
from records.authorship import Reader
from records.editions import Editions, edition_content


async def letter_fault(reader: Reader, command: IssueLetter) -> Fault | None:
    """Return the reason why a letter cannot be issued now, or None."""
    series = await Editions(reader).read(EditionKind.LETTER, command.edition_name)
    current = series.in_force(command.at.date())
    if current is None:
        return Fault(f"edition: no edition of the letter {command.edition_name} is in force; `accord editions list`")
    if (current.edition, current.sha256) != (command.edition, command.edition_sha256):
        return Fault(
            f"edition: {command.edition_name} {current.edition} is in force now, and the letter was made of "
            f"{command.edition}; make it anew, and read it"
        )
    async with reader.ledger.connection() as connection:
        try:
            template = await edition_content(connection, current.sha256)
        except IllegalTransition as fault:
            return Fault(f"edition: {fault}")
        if not await is_kept(connection, bytes.fromhex(command.pdf_sha256)):
            return Fault("pdf: the letter is not among the papers that are kept here; make it anew")
    if not isinstance(template, LetterTemplate) or template.letter is not command.letter:
        return Fault(f"edition: {command.edition_name} is no template of a letter {command.letter}; choose another")
    return None
