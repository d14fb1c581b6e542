"""Find listed words that are similar to a given word, without comparing all of them.

The keys of a word are its text, its normalised spelling, the full names that it is a nickname of, each of these without
any one letter, its sound (Metaphone) and its consonants. Words that differ by a misspelling or by transcription share a
key, and only words that share a key are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rigour.text.phonetics import metaphone

from registers.matching.likeness import likeness
from registers.matching.words.arabic import skeleton
from registers.matching.words.words import Word


class Lexicon:
    """An index of the words of listed names, by keys that similar words share."""

    def __init__(self, words: Mapping[str, Word] | None = None, filed: Mapping[str, str] | None = None) -> None:
        """Begin an empty lexicon, or take one as it was filed before, to which nothing is added."""
        self._added: dict[str, Word] = {}
        self._keyed: dict[str, str] = {}
        self._slips: set[str] = set()
        self.words: Mapping[str, Word] = self._added if words is None else words
        self.filed: Mapping[str, str] = self._keyed if filed is None else filed
        """Texts of words by key, joined by spaces: a third of a million lists would slow down garbage collection."""

    def add(self, word: Word) -> None:
        """File a word under all of its keys."""
        if word.text not in self._slips:
            self._slips.add(word.text)
            self._file(word, {*_keys(word), *_shortened(word)})

    def add_joined(self, word: Word) -> None:
        """File a word that was joined from several, under its text and its normalised spelling only."""
        if word.text not in self._added:
            self._file(word, {word.text, word.spelling, *_sounds(word)})

    def _file(self, word: Word, keys: set[str]) -> None:
        self._added[word.text] = word
        for key in keys:
            texts = self._keyed.get(key)
            self._keyed[key] = f"{texts} {word.text}" if texts else word.text

    def near(self, word: Word) -> list[tuple[Word, float]]:
        """Return (filed word, likeness) for each filed word that is similar to this one, the most similar first."""
        keys = {*_keys(word), *_shortened(word)}
        texts = {text for key in keys for text in self.filed.get(key, "").split()}
        alike = ((near, likeness(word, near)) for near in map(self.words.__getitem__, texts))
        return sorted(
            ((word, much) for word, much in alike if much), key=lambda candidate: (-candidate[1], candidate[0].text)
        )


def _keys(word: Word) -> tuple[str, ...]:
    if word.number is None:
        sounds = (f"~{metaphone(word.text)}", f"-{word.bones or skeleton(word.consonants)}", *_sounds(word))
        return (word.text, word.spelling, *sounds, *word.formal)
    in_words = (word.text, word.spelling) if word.text.isalpha() else ()
    return (f"#{word.number}", *in_words)


def _sounds(word: Word) -> tuple[str, ...]:
    return (f"={word.korean}",) if word.korean else ()


def _shortened(word: Word) -> Iterator[str]:
    for form in {word.text, word.spelling, *word.formal}:
        for place in range(len(form)):
            yield form[:place] + form[place + 1 :]
