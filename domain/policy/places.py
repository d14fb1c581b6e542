"""Embargoed places: where nearly every transfer of money or services by a US person is forbidden (rules 3.2).

A dated table: the day of the decision, or of the payment, says which rows apply. No row was read again by counsel, so
the rule that uses them is unconfirmed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple


class Embargo(NamedTuple):
    """An embargo on a country, or on a region of it (ISO 3166-2), for a time."""

    place: str
    name: str
    citation: str
    until: date | None = None
    """The first day on which it no longer applies, or None if it does."""
    in_part: bool = False
    """True if a part of the region is embargoed: a person must say which part is concerned."""
    words: str = ""
    """Its names, its people's, its capital's and its regions', folded as `_folded` does. A stem ends with a star."""

    def applies(self, on: date) -> bool:
        """True if it applies on a day."""
        return self.until is None or on < self.until


EMBARGOES: Final = (
    Embargo(
        "CU",
        "Cuba",
        "31 CFR part 515",
        words="cuba, cuban, cubans, cubano, cubana, cubanos, cubanas, cubain, "
        "cubaine, havana, habana, la havane, holguin, camaguey, гаван*, كوبا, هافانا",
    ),
    Embargo(
        "IR",
        "Iran",
        "31 CFR part 560",
        words="iran, iranian, iranians, iraniano, iraniana, iranien, iranienne, "
        "tehran, teheran, isfahan, esfahan, mashhad, tabriz, khuzestan, иран*, тегеран*, ایران, ايران, تهران, طهران",
    ),
    Embargo(
        "KP",
        "North Korea",
        "31 CFR part 510",
        words="north korea, north korean, north koreans, dprk, d p r k, "
        "democratic people s republic of korea, pyongyang, p yongyang, corea del norte, coree du nord, кндр, пхеньян*, "
        "북한*, 평양*",
    ),
    Embargo(
        "SY",
        "Syria",
        "31 CFR part 542; ended by E.O. 14312",
        until=date(2025, 7, 1),
        words="syria, syrian, syrians, siria, syrie, damascus, aleppo, idlib, сири*, дамаск*, سوريا, سورية, دمشق",
    ),
    Embargo(
        "UA-43",
        "Crimea",
        "E.O. 13685",
        words="crimea, crimean, crimeans, crimee, krym, simferopol, yalta, kerch, крым*, симферопол*, القرم",
    ),
    Embargo("UA-40", "Sevastopol", "E.O. 13685", words="sevastopol, севастопол*"),
    Embargo("UA-14", "Donetsk", "E.O. 14065", in_part=True, words="donetsk, donbas, donbass, донецк*, донбас*, днр"),
    Embargo("UA-09", "Luhansk", "E.O. 14065", in_part=True, words="luhansk, lugansk, луганс*, лнр"),
)
"""Every embargo that is known, those that ended included."""


def embargoes_on(country: str, region: str | None, on: date) -> Iterator[Embargo]:
    """Yield the embargoes that apply to a place on a day."""
    yield from (embargo for embargo in EMBARGOES if embargo.place in {country, region} and embargo.applies(on))


_NO_PLACE: Final = re.compile(r"\birán\b|\b[Cc]rimean[- ][Cc]ongo\b")
"""Words that look like a place and are none: Spanish "they will go" (the country is written Irán), and a fever."""

_OF_UKRAINE: Final = (
    *(5, 7, 9, 12, 14, 18, 21, 23, 26, 30, 32, 35, 40, 43),
    *(46, 48, 51, 53, 56, 59, 61, 63, 65, 68, 71, 74, 77),
)
REGIONS: Final = {"UA": frozenset(f"UA-{code:02}" for code in _OF_UKRAINE)}
"""By country of which regions are embargoed: every region that ISO 3166-2 knows. Read of no file, at no cost."""


def embargoes_named(text: str, on: date) -> Iterator[tuple[str, Embargo]]:
    """Yield each embargo of a day whose place a text names, with the word that names it."""
    folded_text = f" {_folded(text)} "
    for embargo in EMBARGOES:
        if embargo.applies(on) and (word := next(_words_within(embargo, folded_text), "")):
            yield word, embargo


def _words_within(embargo: Embargo, folded_text: str) -> Iterator[str]:
    for word in embargo.words.split(", "):
        stem = word.rstrip("*")
        if f" {stem}" in folded_text and (stem != word or f" {word} " in folded_text):
            yield stem


def _folded(text: str) -> str:
    """Return the words of a text without case, accents and signs that nobody sees, one space between two."""
    composition = _NO_PLACE.sub(" ", unicodedata.normalize("NFC", text))
    parts = unicodedata.normalize("NFKD", composition)
    plain = "".join(sign for sign in parts if unicodedata.category(sign) not in {"Mn", "Lm", "Cf"})
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", plain).casefold()))


CLAIMED_BY: Final = {"UA": frozenset({"UA", "RU"})}
"""By country of which regions are embargoed: the countries that addresses there are written with."""


def embargoes_of_address(country: str, lines: Iterable[str], on: date) -> Iterator[Embargo]:
    """Yield the embargoes of a day on an address: of its country, and of a region of it that its words name.

    A town of that name elsewhere, as Havana in Illinois, is none.
    """
    yield from embargoes_on(country, None, on)
    for _, embargo in (naming for line in lines for naming in embargoes_named(line, on)):
        if "-" in embargo.place and country in CLAIMED_BY[embargo.place[:2]]:
            yield embargo


def is_region_of(country: str, region: str) -> bool:
    """True if a region is one of a country. Of countries without an embargoed region, everything is."""
    return region in REGIONS.get(country, {region})


def needs_region(country: str, on: date) -> bool:
    """True if an embargo on a day applies to regions of a country, so that the region must be known."""
    return any(embargo.place.startswith(f"{country}-") and embargo.applies(on) for embargo in EMBARGOES)
