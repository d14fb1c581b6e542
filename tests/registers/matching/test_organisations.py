"""An organisation is known by the words that are its own, not by those that it shares with its kind."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, ListedKind, Quality, compare
from tests.registers.matching.names import listed, listed_person, organisation, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Zorvania Trade Bureau, LLC", "ZORVANIA TRADE BUREAU", id="legal form added"),
        pytest.param("Zorvania Trade Bureau GmbH & Co. KG", "Zorvania Trade Bureau S.A. de C.V.", id="other forms"),
        pytest.param("Bureau Trade, Zorvania", "Zorvania Trade Bureau", id="word order"),
        pytest.param("Zorvánia Tráde Büreau", "Zorvania Trade Bureau", id="accents"),
        pytest.param("ООО Зорвания", "Zorvaniya", id="script and legal form"),
        pytest.param("The Zorvania Bureau", "Zorvania Bureau", id="an article in front"),
        pytest.param("Zorvania & Mercia Bureau", "Zorvania and Mercia Bureau", id="the sign for and"),
    ],
)
def test_the_same_name_is_exact(name: str, other: str) -> None:
    found = compare(organisation(name), listed(other))
    assert (found.exact, found.score) == (True, 100)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Northgate Shipping", "North Gate Shipping", id="a lost space"),
        pytest.param("Zorvania Intl Bureau", "Zorvania International Bureau", id="an abbreviation"),
        pytest.param("Zorvania Trading", "Zorwania Trading", id="transcription"),
        pytest.param("Zorvania Relief Foundation of Mercia", "Zorvania Relief Foundation", id="a word left out"),
        pytest.param("Zorvanai Shipping Lines", "Zorvania Shipping Lines", id="letters exchanged"),
        pytest.param("17th Zorvania Brigade", "Zorvania Brigade 17", id="an ordinal"),
    ],
)
def test_another_way_to_write_the_name_is_near(name: str, other: str) -> None:
    assert compare(organisation(name), listed(other)).score >= DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Brigade 5", "Brigade 6", id="another number"),
        pytest.param("Zorvania Foundation", "Mercia Foundation", id="only a generic word"),
        pytest.param("International Trading Company", "International Shipping Company", id="all words generic"),
        pytest.param("First Church of Zorvania", "First Church of Mercia", id="another place"),
        pytest.param("National Bank of Iran", "National Bank of Iraq", id="countries a letter apart"),
        pytest.param("Zorvania Holdings", "Zorvania Logistics", id="another kind of business"),
        pytest.param("Sunrise Trading", "Sunset Trading", id="a similar rare word"),
        pytest.param("Mosaic", "MSC", id="an abbreviation of few letters"),
        pytest.param("Red Charity", "RID", id="few letters that sound alike"),
    ],
)
def test_another_organisation_is_no_match(name: str, other: str) -> None:
    assert compare(organisation(name), listed(other)).score < DEFAULT_THRESHOLD


@pytest.mark.parametrize("kind", [ListedKind.VESSEL, ListedKind.AIRCRAFT])
@pytest.mark.parametrize(
    ("name", "met"),
    [
        pytest.param("Zorvania Pearl", True, id="the same name"),
        pytest.param("Zorvannia Pearl", True, id="a slip"),
        pytest.param("Zorvania Pearl Foundation", False, id="a word more"),
        pytest.param("Zorvania", False, id="a word less"),
    ],
)
def test_a_ship_or_an_aircraft_is_met_by_nearly_the_same_name_only(kind: ListedKind, name: str, met: bool) -> None:
    assert (compare(organisation(name), listed("ZORVANIA PEARL", kind)).score >= DEFAULT_THRESHOLD) is met


def test_a_person_and_an_organisation_meet_by_the_same_name_only() -> None:
    assert compare(organisation("Quillon Marlow"), listed_person("MARLOW, Quillon")).exact
    assert compare(organisation("Quilon Marlow"), listed_person("MARLOW, Quillon")).score == 0
    assert compare(person("Zorvania Bureau"), listed("Zorvania Trade Bureau")).score == 0


def test_a_weak_alias_must_be_met_more_closely() -> None:
    strong, weak = (compare(organisation("Zorvanja"), listed("Zorvania", quality=one)) for one in list(Quality)[::2])
    assert weak.score < strong.score
    assert compare(organisation("Zorvania"), listed("Zorvania", quality=Quality.WEAK)).exact
