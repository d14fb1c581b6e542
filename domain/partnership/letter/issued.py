"""The letters that were issued, and the contributions that want one each."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.partnership.letter.kinds import LetterKind
from domain.values import Money, Sha256, Value, is_false, is_none


class IssuedLetter(Value):
    """A letter that was issued. It stays: what is to be said otherwise is another letter."""

    letter: LetterKind
    about: int | None = Field(default=None, exclude_if=is_none)
    pdf_sha256: Sha256
    on: date
    actor: str
    terms_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """Of an agreement: the digest of the terms that stood when it was issued."""


class Contribution(Value):
    """A contribution that wants a written acknowledgement of its own (26 USC 170(f)(8))."""

    number: int
    money: Money
    on: date
    pdf_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The acknowledgement that was issued for it, or None."""
    on_file: bool = Field(default=False, exclude_if=is_false)
    """True if somebody put one on file that was written elsewhere."""

    @property
    def is_thanked(self) -> bool:
        """True if it was acknowledged."""
        return self.pdf_sha256 is not None or self.on_file
