"""`python -m bench.names.own_words`: write the table of words that are a letter away from a word of others' names.

A word is in the table if several names bear it, and several a word that differs by one letter, or a long one by two:
Larson and Lawson, Conservation and Conversation. A word that is twenty times rarer than the other is taken for its
slip, and left out. Only words are written, and no name.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from rapidfuzz.distance import OSA

from bench.names.pairs import registered_names
from registers.matching.identity.name_words import words_of
from registers.matching.words.own_words import TABLE

LEAST: Final = 3
"""Names that bear a word before it counts as one."""

RARER: Final = 20
"""How much rarer than its neighbour a word is that is taken for a slip of it."""

TWO_FROM: Final = 10
"""The letters from which words may differ by two."""

LONG, RARER_IF_LONG = 9, 5
"""The letters of a long word, which is more often misspelt than another's, and how much rarer it is then."""

SHORTEST: Final = 5
WIDTH: Final = 120


def main() -> None:
    """Write the table anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    counts = counted(name for _, name in registered_names(parser.parse_args().data / "irs/bmf"))
    TABLE.write_text("\n".join(lines(sorted(with_neighbours(counts)))) + "\n", encoding="ascii")


def counted(names: Iterable[str]) -> Counter[str]:
    """Return the number of names that bear each word of letters."""
    return Counter(text for name in names for text in {word.text for word in words_of(name)} if text.isalpha())


def with_neighbours(counts: Mapping[str, int]) -> set[str]:
    """Return the words that differ by one letter from a word that others bear."""
    borne = [word for word, count in counts.items() if count >= LEAST and len(word) >= SHORTEST]
    found = set[str]()
    for group in (*_blocks(borne).values(), *_long_words(borne).values()):
        for place, word in enumerate(group):
            for other in group[place + 1 :]:
                if _are_two(word, other, counts):
                    found |= {word, other}
    return found


def _blocks(words: Iterable[str]) -> Mapping[str, list[str]]:
    """Return the words by each form of them with one letter left out, which words that differ by one share."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for form in {word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))}:
            blocks[form].append(word)
    return blocks


def _long_words(words: Iterable[str]) -> Mapping[str, list[str]]:
    """Return the words that may differ by two letters, by their first letter."""
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= TWO_FROM:
            groups[word[:1]].append(word)
    return groups


def _are_two(word: str, other: str, counts: Mapping[str, int]) -> bool:
    rarer, oftener = sorted((counts[word], counts[other]))
    most = 2 if min(len(word), len(other)) >= TWO_FROM else 1
    close = 0 < OSA.distance(word, other, score_cutoff=most) <= most
    factor = RARER_IF_LONG if len(word) >= LONG else RARER
    return (
        close
        and rarer * factor >= oftener
        and word[0] == other[0]
        and word.removesuffix("s") != other.removesuffix("s")
    )


def lines(words: Iterable[str]) -> Iterator[str]:
    """Yield the words in lines of the house's width."""
    line = ""
    for word in words:
        if len(line) + 1 + len(word) > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


if __name__ == "__main__":
    main()
