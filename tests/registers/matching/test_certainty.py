"""A name alone, however exact, is a question. Further agreement makes it a match (rules 3.7)."""

from __future__ import annotations

from datetime import date

import pytest

from registers.matching import Birth, ListedKind, ListedName, Manner, Quality, Subject, SubjectKind
from registers.matching.certainty import is_certain

BORN = date(1961, 5, 3)


def person(born: date | None) -> Subject:
    return Subject("Rosa Quiroga", SubjectKind.PERSON, "PE", born)


def listed(*births: Birth) -> ListedName:
    return ListedName(1, "9001", "QUIROGA, Rosa", ListedKind.PERSON, countries=frozenset({"PE"}), births=births)


@pytest.mark.parametrize(
    ("born", "births", "certain"),
    [
        pytest.param(None, (Birth(1961, 5, 3),), False, id="no date of birth is given"),
        pytest.param(BORN, (), False, id="none is listed"),
        pytest.param(BORN, (Birth(1961, 5, 3),), True, id="the same day"),
        pytest.param(BORN, (Birth(1961),), True, id="the same year"),
        pytest.param(BORN, (Birth(1962),), False, id="another year"),
        pytest.param(BORN, (Birth(1961, 6, 1),), False, id="another day"),
        pytest.param(BORN, (Birth(1940), Birth(1961)), True, id="one of several"),
    ],
)
def test_a_person_is_certain_by_a_date_of_birth_that_agrees(
    born: date | None, births: tuple[Birth, ...], certain: bool
) -> None:
    assert is_certain(person(born), listed(*births)) is certain


@pytest.mark.parametrize(
    ("name", "certain"),
    [
        pytest.param("Blue Heron Networks", True, id="as it stands"),
        pytest.param("BLUE HERON NETWORKS", True, id="in capitals"),
        pytest.param("Networks Blue Heron", False, id="another order"),
        pytest.param("Blue Heron Networks Ltd", False, id="a legal form more"),
    ],
)
def test_an_organisation_is_certain_by_the_listed_name_as_it_stands(name: str, certain: bool) -> None:
    entity = ListedName(1, "9001", "BLUE HERON NETWORKS", ListedKind.ENTITY)
    assert is_certain(Subject(name, SubjectKind.ORGANISATION, "UG"), entity) is certain


@pytest.mark.parametrize("kind", [ListedKind.VESSEL, ListedKind.AIRCRAFT])
@pytest.mark.parametrize(
    ("name", "certain"),
    [
        pytest.param("MV Lantern", True, id="announced as a ship"),
        pytest.param("M/V Lantern", True, id="with a stroke"),
        pytest.param("Lantern", False, id="nothing says that it is one"),
        pytest.param("Lantern Inc", False, id="an organisation"),
    ],
)
def test_a_ship_is_told_by_its_name_if_something_says_that_it_is_one(
    kind: ListedKind, name: str, certain: bool
) -> None:
    ship = ListedName(1, "9001", "LANTERN", kind)
    assert is_certain(Subject(name, SubjectKind.ORGANISATION), ship) is certain
    assert is_certain(Subject(name, SubjectKind.ORGANISATION), ship, Manner.FIRST)


def test_a_weak_alias_only_asks() -> None:
    """Given a weak alias that is borne to the letter, or by one born on the day, then it is no match by itself."""
    entity = ListedName(1, "9001", "BLUE HERON", ListedKind.ENTITY, Quality.WEAK)
    organisation = Subject("Blue Heron", SubjectKind.ORGANISATION)
    nickname = listed(Birth(1961, 5, 3))._replace(quality=Quality.WEAK)
    for subject, listing in ((organisation, entity), (person(BORN), nickname)):
        assert not is_certain(subject, listing)
        assert is_certain(subject, listing._replace(quality=Quality.ALIAS))
        assert is_certain(subject, listing, Manner.FIRST)
