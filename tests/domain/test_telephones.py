"""Telephone numbers are the same however they are written, and are found in what somebody wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.telephones import Telephone, is_same_number, names_number

NUMBER = "+44 20 7946 0958"
_READ: TypeAdapter[str] = TypeAdapter(Telephone)


@pytest.mark.parametrize("text", ["+32 2 123 45 67", "+1 (971) 555-0100", "+442079460958", "+44 (0)20 7946 0958"])
def test_a_number_has_its_country(text: str) -> None:
    assert _READ.validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["02 123 45 67", "+32", "+32 2 123 45 67 ext 4", "+0 123 456 789", "+32\n21234567", ""]
)
def test_what_is_no_number_with_its_country_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        _READ.validate_python(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call +44 20 7946 0958", "020 7946 0958", "0044-20-7946-0958", "(020) 79460958", "+44 (0)20 7946 0958",
        "２０７９４６０９５８", "٢٠٧٩٤٦٠٩٥٨", "20.7946.0958", "20 / 7946 / 0958",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert names_number(text, NUMBER)


@pytest.mark.parametrize("text", ["", "020 7946 0959", "20, 7946, 0958", "We spent 20794609", "7946 0958 x"[:4]])
def test_another_number_is_not_it(text: str) -> None:
    assert not names_number(text, NUMBER)


@given(digits=st.text("0123456789", min_size=9, max_size=12), parts=st.lists(st.sampled_from(["", " ", "-", "."])))
def test_the_parts_of_a_number_say_nothing(digits: str, parts: list[str]) -> None:
    written = "".join(f"{digit}{parts[at % len(parts)] if parts else ''}" for at, digit in enumerate(digits)).strip()
    number = f"+3{digits}"
    assert is_same_number(number, f"+3{written}")
    assert names_number(f"Call {written} today", number)
