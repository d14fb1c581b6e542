"""`python -m bench.screening.short_words`: write the table of short words that somebody bears.

A word is in the table if two persons in whose care charities are bear it, or two charities, of the half of them that is
for tuning: rows of the bench count the alarms of the other half. Only words are written, and no name.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bench.names.own_words import counted, lines
from bench.screening.pairs import Draw
from bench.screening.strangers import bodies, in_care
from registers.matching.words.romanisation import normalised_spelling, respelt
from registers.matching.words.short_words import TABLE

LEAST: Final = 2
"""Names that bear a word before it counts as one."""

LONGEST: Final = 4
"""The letters of a short word, once it is spelt as words are compared."""


def main() -> None:
    """Write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    data = parser.parse_args().data
    borne = short(in_care(data, Draw.TUNING)) | short(bodies(data, Draw.TUNING))
    TABLE.write_text("\n".join(lines(sorted(borne))) + "\n", encoding="ascii")


def short(names: Iterable[str]) -> set[str]:
    """Return the short words that several names bear."""
    return {word for word, count in counted(names).items() if count >= LEAST and is_short(word)}


def is_short(word: str) -> bool:
    """True if a word has few letters in the spelling in which words of names are compared."""
    return word.isascii() and len(word) > 1 and len(respelt(normalised_spelling(word))) <= LONGEST


if __name__ == "__main__":
    main()
