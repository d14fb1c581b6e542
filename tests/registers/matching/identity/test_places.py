"""An address is in a body's place by its postal code, or by city and state (rules 3.1)."""

from __future__ import annotations

import pytest

from registers.matching.identity.places import GivenPlace, PlaceAgreement, RegisteredPlace, agreement_of

KANSAS = RegisteredPlace("ST MARYS", "KS", "66536-0012")
IN_PLACE, ELSEWHERE, NOT_GIVEN = PlaceAgreement.IN_PLACE, PlaceAgreement.ELSEWHERE, PlaceAgreement.NOT_GIVEN


@pytest.mark.parametrize(
    ("lines", "code", "expected"),
    [
        pytest.param(("1 Elm Street", "Saint Marys, Kansas"), "", IN_PLACE, id="city and state, written out"),
        pytest.param(("1 Elm Street", "St. Marys KS 66536"), "", IN_PLACE, id="in one line"),
        pytest.param(("PO Box 12", "Elsewhere"), "66536", IN_PLACE, id="the postal code"),
        pytest.param(("PO Box 12, Elsewhere 66536-0001",), "", IN_PLACE, id="the postal code in a line"),
        pytest.param(("1 St Marys Road", "Topeka, KS 66601"), "", ELSEWHERE, id="a street of the city's name"),
        pytest.param(("1 Elm Street", "St Marys, OH 45885"), "", ELSEWHERE, id="a city of that name elsewhere"),
        pytest.param(("1 Elm Street", "St Marys"), "", ELSEWHERE, id="no state"),
        pytest.param(("1 Elm Street", "Topeka, KS"), "", ELSEWHERE, id="another city"),
    ],
)
def test_an_address_is_in_a_place(lines: tuple[str, ...], code: str, expected: PlaceAgreement) -> None:
    assert agreement_of(GivenPlace(lines, code), KANSAS) is expected


def test_a_state_of_two_words_is_read() -> None:
    place = RegisteredPlace("DOVER", "NH", "00000-0000")
    assert agreement_of(GivenPlace(("1 Elm Street", "Dover, New Hampshire")), place) is IN_PLACE
    assert agreement_of(GivenPlace(("1 Elm Street", "Dover, NH")), place) is IN_PLACE
    assert agreement_of(GivenPlace(("1 Elm Street", "Dover, DE"), "00000"), place) is ELSEWHERE


def test_a_place_abroad_has_no_state() -> None:
    assert agreement_of(GivenPlace(("1 Elm Street", "Nairobi")), RegisteredPlace("NAIROBI")) is IN_PLACE


def test_nobody_is_asked_where_nothing_is_given() -> None:
    assert agreement_of(None, KANSAS) is NOT_GIVEN
    assert agreement_of(GivenPlace(("Topeka, KS",)), None) is NOT_GIVEN
    assert agreement_of(GivenPlace(("Topeka, KS",)), RegisteredPlace()) is NOT_GIVEN


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (RegisteredPlace("TOPEKA", "KS", "66601"), "TOPEKA, KS"),
        (RegisteredPlace("NAIROBI"), "NAIROBI"),
        (RegisteredPlace(state="KS", postal_code="66601"), "KS"),
        (RegisteredPlace(), ""),
    ],
)
def test_a_place_is_told_by_its_city_and_state(place: RegisteredPlace, told: str) -> None:
    assert str(place) == told


def test_a_place_without_a_city_is_known_by_its_postal_code_alone() -> None:
    place = RegisteredPlace(state="KS", postal_code="66536-0012")
    assert agreement_of(GivenPlace(("1 Elm Street", "66536")), place) is IN_PLACE
    assert agreement_of(GivenPlace(("1 Elm Street", "KS")), place) is ELSEWHERE


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("1 Main Street", "New York, NY 10001"), PlaceAgreement.IN_PLACE),
        (("New York, New York",), PlaceAgreement.IN_PLACE),
        (("New York NY",), PlaceAgreement.IN_PLACE),
        (("1 Main Street", "New York", "NY"), PlaceAgreement.IN_PLACE),
        (("Buffalo, New York",), PlaceAgreement.ELSEWHERE),
        (("New York Avenue 7", "Buffalo, NY"), PlaceAgreement.ELSEWHERE),
    ],
)
def test_a_city_that_is_named_like_its_state_stands_beside_it(lines: tuple[str, ...], expected: PlaceAgreement) -> None:
    assert agreement_of(GivenPlace(lines), RegisteredPlace("NEW YORK", "NY")) is expected
