"""A name is found however it is written, and each part of a text stays as it was."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from domain.names.spelling import Names, fold

WORDS = st.text(st.characters(categories=("Lu", "Ll", "Lt", "Lo")), min_size=1, max_size=8)
NAMES = st.lists(WORDS, min_size=2, max_size=4).map(" ".join)
SPACES = st.sampled_from([" ", "  ", "\u00a0", "\u202f", "\u3000", "\n", " \u200b"])


@given(NAMES, SPACES, st.sampled_from(["NFC", "NFD"]), st.booleans(), st.text(max_size=9), st.text(max_size=9))
def test_every_spelling_of_a_name_is_found(
    name: str, space: str, form: str, capitals: bool, before: str, after: str
) -> None:
    spelled = unicodedata.normalize(form, name.replace(" ", space))  # type: ignore[arg-type]
    spelled = spelled.upper() if capitals and fold(spelled.upper()) == fold(spelled) else spelled
    text = f"{before}. {spelled} .{after}"
    assert Names([name]).are_in(text)
    assert any(fold(text[one.start : one.end]) == fold(name) for one in Names([name]).within(text))


@given(st.text(max_size=60), st.lists(NAMES, max_size=3))
def test_mentions_follow_one_another_and_are_parts_of_the_text(text: str, names: list[str]) -> None:
    text = " ".join((text, *names, text))
    found = list(Names(names).within(text))
    ends = [0, *(one.end for one in found)]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, found, strict=False))
    assert all(names[one.name] for one in found)


def test_a_name_that_is_turned_round_is_found_as_the_same_name() -> None:
    names = Names(["Rosa Quiroga Paz", "Abel Mbeki"])
    text = "Mbeki, Abel and QUIROGA PAZ, rosa; Paz Rosa Quiroga"
    assert [(text[one.start : one.end], one.name) for one in names.within(text)] == [
        ("Mbeki, Abel", 1),
        ("QUIROGA PAZ, rosa", 0),
        ("Paz Rosa Quiroga", 0),
    ]


def test_nothing_is_found_of_no_names_nor_in_other_words() -> None:
    assert not Names([]).are_in("Rosa Quiroga")
    assert not Names(["Rosa Quiroga"]).are_in("Rosalia Quiroga, and Rosa Quirogana")
