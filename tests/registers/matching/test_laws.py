"""Laws of all names: symmetry, the ranks of exactness, and an index that agrees with the comparison."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registers.matching import (
    DEFAULT_THRESHOLD,
    ListedKind,
    ListedName,
    Manner,
    NameIndex,
    Subject,
    SubjectKind,
    compare,
)
from tests.registers.matching.names import listed, listed_person, organisation, person

WORDS = (
    "zorvania", "mercia", "quillon", "marlow", "tarqani", "heron", "bureau", "mohamed", "muhammad", "youssef", "yusuf",
    "abdul", "rahman", "abdulrahman", "al", "bin", "of", "the", "foundation", "international", "church", "north",
    "gate", "northgate", "brigade", "5", "6", "ii", "third", "q", "li", "wei", "ivanov", "ivanoff",
    "bill", "william", "z0rvania", "kim", "chong", "jung", "taek", "dae", "gil", "رضا", "عبدالكريم", "قاسم", "طه", "uk",
    "kenya", "maria", "mario", "volodymyr", "vladimir", "fawzi", "fouzi", "shpg", "shipping", "b", "s",
)  # fmt: skip
APART = (
    "zorvania",
    "mercia",
    "quillon",
    "heron",
    "bureau",
    "foundation",
    "church",
    "brigade",
    "5",
    "ii",
    "third",
    "of",
)
"""Words that are not like each other, together or alone."""
MANNERS = st.sampled_from(list(Manner))
KINDS = st.sampled_from([SubjectKind.PERSON, SubjectKind.ORGANISATION])
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)
LATIN_NAMES = st.lists(st.sampled_from([word for word in WORDS if word.isascii()]), min_size=1, max_size=5)
ANY_TEXT = st.text(max_size=40)


def of_kind(kind: SubjectKind, one: str, other: str) -> tuple[Subject, ListedName]:
    if kind is SubjectKind.PERSON:
        return person(one), listed_person(other)
    return organisation(one), listed(other)


def in_two_orders(words: set[str]) -> st.SearchStrategy[tuple[list[str], list[str]]]:
    return st.tuples(st.permutations(sorted(words)), st.permutations(sorted(words)))


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


@pytest.mark.slow
@settings(max_examples=200)
@given(KINDS, LATIN_NAMES.flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_case_accents_and_order_are_set_aside(kind: SubjectKind, names: tuple[list[str], list[str]]) -> None:
    words, shuffled = names
    (subject, known) = of_kind(kind, " ".join(words).upper(), accented(" ".join(shuffled)))
    found = compare(subject, known)
    assert (found.exact, found.score) == (True, 100)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.sets(st.sampled_from(APART), min_size=1), st.sets(st.sampled_from(APART), min_size=1).flatmap(in_two_orders))
def test_the_order_of_words_does_not_change_the_score_of_an_organisation(
    one: set[str], names: tuple[list[str], list[str]]
) -> None:
    first, second = (compare(*of_kind(SubjectKind.ORGANISATION, " ".join(one), " ".join(words))) for words in names)
    assert (first.score, first.exact) == (second.score, second.exact)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.sampled_from(["MV", "M/V", "M.V.", "SS", "S.S.", "MT"]), NAMES, NAMES)
def test_what_stands_before_a_ship_never_changes_whether_it_is_met(
    prefix: str, one: list[str], ship: list[str]
) -> None:
    known = listed(" ".join(ship), ListedKind.VESSEL)
    plain, prefixed = (compare(organisation(name), known) for name in (" ".join(one), f"{prefix} {' '.join(one)}"))
    assert (prefixed.score, prefixed.exact) == (plain.score, plain.exact)


@pytest.mark.slow
@settings(max_examples=200)
@given(KINDS, NAMES, NAMES, NAMES)
def test_another_name_in_the_same_field_leaves_it_near_at_least(
    kind: SubjectKind, one: list[str], more: list[str], other: list[str]
) -> None:
    alone, beside = (
        compare(*of_kind(kind, name, " ".join(other)))
        for name in (" ".join(one), f"{' '.join(more)} a.k.a. {' '.join(one)}")
    )
    assert beside.score >= min(alone.score, 99)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.permutations("王石建市"), st.permutations("王石建市"))
def test_names_in_chinese_are_exact_by_the_same_characters_only(one: list[str], other: list[str]) -> None:
    first, second = "".join(one[:3]), "".join(other[:3])
    assert compare(person(first), listed_person(second)).exact is (sorted(first) == sorted(second))


@pytest.mark.slow
@settings(max_examples=200)
@given(KINDS, NAMES, NAMES)
def test_only_the_same_words_are_exact(kind: SubjectKind, one: list[str], other: list[str]) -> None:
    if sorted({*one} - {"the"}) != sorted({*other} - {"the"}):
        assert not compare(*of_kind(kind, " ".join(one), " ".join(other))).exact


@pytest.mark.slow
@settings(max_examples=200)
@given(KINDS, ANY_TEXT, ANY_TEXT)
def test_any_text_is_scored_between_0_and_100_and_explained(kind: SubjectKind, one: str, other: str) -> None:
    found = compare(*of_kind(kind, one, other))
    assert 0 <= found.score <= 100
    assert found.explanation or not found.score
    assert found == compare(*of_kind(kind, one, other))


@pytest.mark.slow
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


@pytest.mark.slow
@settings(max_examples=200)
@given(MANNERS, KINDS, NAMES, st.lists(NAMES, min_size=1, max_size=8))
@example(Manner.FIRST, SubjectKind.PERSON, ["mercia", "mercia", "zorvania", "q"], [["mercia", "quillon", "mercia"]])
@example(Manner.FIRST, SubjectKind.PERSON, ["mercia", "quillon", "mercia"], [["mercia", "mercia", "zorvania", "q"]])
def test_whatever_reaches_the_threshold_is_found(
    manner: Manner, kind: SubjectKind, asked: list[str], names: list[list[str]]
) -> None:
    rows = [of_kind(kind, "", " ".join(name))[1]._replace(reference=place) for place, name in enumerate(names)]
    index, subject = NameIndex(rows, manner), Subject(" ".join(asked), kind)
    found = {one.listed.reference: one for one in index.find(subject, DEFAULT_THRESHOLD)}
    compared = {row.reference: compare(subject, row, index.rarity, manner) for row in rows}
    assert found == {place: hit for place, hit in compared.items() if hit.score >= DEFAULT_THRESHOLD}
