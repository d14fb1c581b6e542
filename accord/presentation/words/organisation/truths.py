"""Truths in the words of pages: each with who told it, and the finding of a verifier."""

from __future__ import annotations

from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from domain.truths.truth import Truth


def truth_in_words(truth: Truth, names: NamesInWords) -> str:
    """Return a truth, its teller and its state, in one line."""
    statement = f"{as_sentence(words_of(truth.kind))}, since {day_in_words(truth.since)}: {truth.words.what}"
    teller, answer = f"{names.person(truth.teller)} told it", truth.answer
    if answer is None:
        return f"{statement} ({teller}; it waits for a verifier’s answer)"
    finding = f"{names.person(answer.actor)} found it {'so' if answer.so else 'not so'}"
    return f"{statement} ({teller}; {finding}: {answer.words.what})"
