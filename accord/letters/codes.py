"""Codes: what a letter bears so that anybody who holds it can ask whether it came from the house.

A code is the partnership's reference and eighty bits of chance. The ledger holds its digest alone: who reads the ledger
cannot make a letter's code, and who guesses codes finds nothing.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import Final, NamedTuple

from accord.presentation.faults import BadInput
from domain.values import PartnershipId, Sha256

_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
_LENGTH: Final = 16
_READ_AS: Final = str.maketrans("ILO", "110")
_FORM: Final = re.compile(rf"P([0-9]{{4}})([0-9]{{4,6}})([A-Z0-9]{{{_LENGTH}}})", re.ASCII)


class LetterCode(NamedTuple):
    """A letter's code."""

    partnership_id: PartnershipId
    chance: str

    @property
    def sha256(self) -> Sha256:
        """The digest by which the ledger knows it."""
        return sha256(f"accord.letter.1 {self.partnership_id} {self.chance}".encode()).hexdigest()

    def __str__(self) -> str:
        groups = [self.chance[start : start + 4] for start in range(0, _LENGTH, 4)]
        return f"{self.partnership_id}-{'-'.join(groups)}"


def new_code(partnership_id: PartnershipId) -> LetterCode:
    """Return a new code for a letter of a partnership."""
    return LetterCode(partnership_id, "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)))


def read_code(written: str) -> LetterCode:
    """Return the code that somebody typed: small letters, spaces and signs that look alike are read.

    Raises:
        BadInput: It is no code.
    """
    signs = re.sub(r"[\s.-]", "", written[:80]).upper()
    match = _FORM.fullmatch(signs)
    chance = match[3].translate(_READ_AS) if match else ""
    if match is None or not set(chance) <= set(_SIGNS):
        raise BadInput("code: it is no code of a letter; type it as it stands there, such as P-2026-0042-7KQ2-9FJM-...")
    return LetterCode(f"P-{match[1]}-{match[2]}", chance)
