"""What holds for all names: symmetry, what exactness sets aside, and an index that agrees with the comparison."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.matching import DEFAULT_THRESHOLD, Listed, NameIndex, Subject, SubjectKind, compare
from tests.registers.matching.names import listed, listed_person, organisation, person

WORDS = (
    "zorvania", "mercia", "quillon", "marlow", "tarqani", "heron", "bureau", "mohamed", "muhammad", "youssef", "yusuf",
    "abdul", "rahman", "abdulrahman", "al", "bin", "of", "the", "foundation", "international", "church", "north",
    "gate", "northgate", "brigade", "5", "6", "q", "li", "wei", "ivanov", "ivanoff",
)  # fmt: skip
KINDS = st.sampled_from([SubjectKind.PERSON, SubjectKind.ORGANISATION])
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)
ANY_TEXT = st.text(max_size=40)


def of_kind(kind: SubjectKind, one: str, other: str) -> tuple[Subject, Listed]:
    if kind is SubjectKind.PERSON:
        return person(one), listed_person(other)
    return organisation(one), listed(other)


def accented(text: str) -> str:
    return unicodedata.normalize("NFC", "".join(f"{letter}\N{COMBINING ACUTE ACCENT}" for letter in text))


@settings(max_examples=200)
@given(KINDS, NAMES, NAMES)
def test_it_does_not_matter_which_name_is_the_partys(kind: SubjectKind, one: list[str], other: list[str]) -> None:
    there, back = (
        compare(*of_kind(kind, *pair)) for pair in ((" ".join(one), " ".join(other)), (" ".join(other), " ".join(one)))
    )
    assert there.exact is back.exact
    assert there.score == pytest.approx(back.score, abs=2)


@settings(max_examples=200)
@given(KINDS, NAMES.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_case_accents_and_order_are_set_aside(kind: SubjectKind, names: tuple[list[str], list[str]]) -> None:
    words, shuffled = names
    (subject, known) = of_kind(kind, " ".join(words).upper(), accented(" ".join(shuffled)))
    found = compare(subject, known)
    assert (found.exact, found.score) == (True, 100)


@settings(max_examples=200)
@given(KINDS, NAMES, NAMES)
def test_only_the_same_words_are_exact(kind: SubjectKind, one: list[str], other: list[str]) -> None:
    if sorted({*one} - {"the"}) != sorted({*other} - {"the"}):
        assert not compare(*of_kind(kind, " ".join(one), " ".join(other))).exact


@settings(max_examples=200)
@given(KINDS, ANY_TEXT, ANY_TEXT)
def test_any_text_is_scored_between_0_and_100_and_explained(kind: SubjectKind, one: str, other: str) -> None:
    found = compare(*of_kind(kind, one, other))
    assert 0 <= found.score <= 100
    assert found.explanation or not found.score
    assert found == compare(*of_kind(kind, one, other))


@settings(max_examples=200)
@given(KINDS, NAMES, st.lists(NAMES, min_size=1, max_size=8))
def test_the_index_agrees_with_the_comparison(kind: SubjectKind, asked: list[str], names: list[list[str]]) -> None:
    rows = [of_kind(kind, "", " ".join(name))[1]._replace(reference=place) for place, name in enumerate(names)]
    index, subject = NameIndex(rows), Subject(" ".join(asked), kind)
    found = index.find(subject, DEFAULT_THRESHOLD)
    compared = {row.reference: compare(subject, row, index.rarity) for row in rows}
    assert all(one == compared[one.listed.reference] for one in found)
    exact = {reference for reference, one in compared.items() if one.exact}
    assert exact <= {one.listed.reference for one in found}
    assert found == sorted(found, key=lambda one: -one.score)


@settings(max_examples=200)
@given(KINDS, NAMES, st.lists(NAMES, min_size=1, max_size=8))
def test_whatever_reaches_the_threshold_is_found(kind: SubjectKind, asked: list[str], names: list[list[str]]) -> None:
    rows = [of_kind(kind, "", " ".join(name))[1]._replace(reference=place) for place, name in enumerate(names)]
    index, subject = NameIndex(rows), Subject(" ".join(asked), kind)
    found = {one.listed.reference for one in index.find(subject, DEFAULT_THRESHOLD)}
    assert found == {row.reference for row in rows if compare(subject, row, index.rarity).score >= DEFAULT_THRESHOLD}
