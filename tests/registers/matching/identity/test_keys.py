"""Names that may be one have one key: by it others of a name are looked for (rules 3.1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registers.matching.identity.keys import key_of, key_of_words
from registers.matching.identity.written_name import read_written


@pytest.mark.parametrize(
    "other",
    [
        "The Riverbend Library Network, Inc.",
        "NETWORK OF THE RIVERBEND LIBRARY",
        "RIVER BEND LIB NETWORK",
        "Riverbend Libraries' Network",
    ],
)
def test_other_ways_of_writing_have_the_key(other: str) -> None:
    assert key_of(other) == key_of("RIVERBEND LIBRARY NETWORK")


@pytest.mark.parametrize(
    "other", ["RIVERBEND LIBRARY", "RIVERBEND LIBRARY NETWORK FOUNDATION", "SILVERBEND LIBRARY NETWORK"]
)
def test_other_words_have_another(other: str) -> None:
    assert key_of(other) != key_of("RIVERBEND LIBRARY NETWORK")


def test_initials_have_the_key_of_their_words() -> None:
    assert key_of("YMCA OF RIVERBEND") == key_of("YOUNG MENS CHRISTIAN ASSN RIVERBEND")


def test_keys_never_change() -> None:
    """They stand in databases: with another table of short forms, or other letters, those must be made anew."""
    assert key_of("RIVERBEND LIBRARY NETWORK") == 139055337
    assert key_of("QUILTERS OF NEMORA") == 2012206524, "in the upper half of their range"


WORDS = st.sampled_from(["zenith", "orchard", "riverbend", "assn", "network", "ch", "quilters", "ymca", "st", "42"])


@given(st.lists(WORDS, min_size=1, max_size=5))
@settings(max_examples=200)
def test_a_written_name_has_the_key_of_the_registers(words: list[str]) -> None:
    name = " ".join(words)
    assert key_of_words(read_written(name).words) == key_of(name.upper())


def test_a_key_fits_an_integer_of_the_database() -> None:
    assert all(0 <= key_of(f"name {number}") < 2**31 for number in range(2_000))
