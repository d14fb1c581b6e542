"""One spelling for the sounds of Korean names, which are written in many ways: Jong, Chong and Jung, Pak and Park.

Korean has one letter each for k and g, t and d, p and b, ch and j, l and r. Romanisations write what they hear, and
families what they like. Two names that differ by such letters only may be one, and may also be two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_SURNAMES: Final = """
kim: kim gim; pak: pak park bak; choe: choe choi choy; ri: ri rhee lee yi; jong: jong jung jeong chong chung;
kang: kang gang; cho: cho jo; yun: yun yoon; jang: jang chang; im: im rim lim; paek: paek baek paik; kwon: kwon gwon;
sin: sin shin; ryu: ryu yoo yu; so: so seo suh; an: an ahn; jon: jon jeon chon chun; hwang: hwang; mun: mun moon;
hyon: hyon hyun; o: o oh; son: son sohn; no: no ro roh; cha: cha; ku: ku koo gu; min: min; ho: ho heo hur;
chu: chu joo ju; pyon: pyon byun; chae: chae; pae: pae bae; mu: mu; tong: tong dong; won: won; u: u woo
"""
_BY_SPELLING: Final = MappingProxyType(
    {
        spelling: surname.strip()
        for surname, spellings in (entry.split(":") for entry in _SURNAMES.split(";"))
        for spelling in spellings.split()
    }
)
"""The commonest surnames, by each of their spellings."""

_SYLLABLE: Final = re.compile(
    r"""
    (?P<onset> tch | th | kh | ph | ch | jj | j | kk | k | gg | g | tt | t | dd | d | pp | p | bb | b | ss | sh | s
             | r | l | m | n | h )?
    (?P<vowel> yeo | yae | yoo | you | yo | yu | ya | ye | wae | weo | wa | we | wi | woo | wo
             | eo | eu | oe | oo | ou | ae | ai | ay | ee | ui | a | e | i | o | u | y )
    (?P<coda> ng | n | m | k | g | l | p | b | t | h )?
    (?= $ | (?:tch|th|kh|ph|ch|jj|j|kk|k|gg|g|tt|t|dd|d|pp|p|bb|b|ss|sh|s|r|l|m|n|h)? [aeiouyw] )
    """,
    re.VERBOSE,
)
_LETTERS: Final = MappingProxyType(
    {
        **dict.fromkeys(("tch", "ch", "jj", "j"), "j"),
        **dict.fromkeys(("kk", "k", "gg", "g", "kh"), "k"),
        **dict.fromkeys(("tt", "t", "dd", "d", "th"), "t"),
        **dict.fromkeys(("pp", "p", "bb", "b", "ph"), "p"),
        **dict.fromkeys(("ss", "sh", "s"), "s"),
        **dict.fromkeys(("r", "l"), "r"),
        **dict.fromkeys(("yeo", "yoo", "you", "yo", "yu"), "yo"),
        **dict.fromkeys(("yae", "ye"), "ye"),
        **dict.fromkeys(("eo", "eu", "oo", "ou", "woo", "o", "u"), "o"),
        **dict.fromkeys(("ae", "ai", "ay", "e"), "e"),
        **dict.fromkeys(("ee", "ui", "wi", "y", "i"), "i"),
        **dict.fromkeys(("weo", "wo"), "wo"),
        **dict.fromkeys(("wae", "we", "oe"), "we"),
        "h": "h",
    }
)
_FEWEST, _MOST = 2, 4
"""The words of a Korean name: a surname, and a given name that is written as one word or as two."""


def sounds_of(texts: list[str], surname_last: bool = False) -> tuple[str, ...]:
    """Return the one spelling of each word of a person's name, or () if the name does not look Korean.

    It looks Korean if it begins or ends with a surname that is common in Korea, and all other words are syllables of
    its language. `surname_last`: the end is looked at first.
    """
    if not _FEWEST <= len(texts) <= _MOST:
        return ()
    for place in (-1, 0) if surname_last else (0, -1):
        if surname := _BY_SPELLING.get(texts[place]):
            sounds = [_sounds(text) for text in texts]
            sounds[place] = surname
            if all(sounds):
                return tuple(sounds)
    return ()


@lru_cache(maxsize=16_384)
def _sounds(text: str) -> str:
    """Return a word's syllables in one spelling, or an empty text if it has others than Korean ones."""
    place, sounds = 0, ""
    while place < len(text):
        syllable = _SYLLABLE.match(text, place)
        if syllable is None:
            return ""
        onset, vowel, coda = syllable["onset"] or "", syllable["vowel"], (syllable["coda"] or "").replace("h", "")
        sounds += f"{_LETTERS.get(onset, onset)}{_LETTERS.get(vowel, vowel)}{_LETTERS.get(coda, coda)}"
        place = syllable.end()
    return sounds
