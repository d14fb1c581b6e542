"""A name confirms a number by itself, by the place, or not: who else has the name decides (rules 3.1)."""

from __future__ import annotations

import pytest

from domain.screening.identity import Ruling
from registers.matching.identity.confirming import Confirmation, confirmation, rivals_among
from registers.matching.identity.places import GivenPlace, RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName
from registers.matching.identity.written_name import read_written

TOPEKA, DOVER = RegisteredPlace("TOPEKA", "KS", "66601-0000"), RegisteredPlace("DOVER", "NH", "03820-0000")
AT_TOPEKA, AT_DOVER = GivenPlace(("1 Elm Street", "Topeka, KS")), GivenPlace(("1 Elm Street", "Dover, NH"))
NAME = "RIVERBEND LIBRARY NETWORK"


def confirmed(
    given: str, place: GivenPlace | None, *others: tuple[str, RegisteredName], too_many: bool = False
) -> Confirmation:
    written = read_written(given)
    row = RegisteredName(NAME, place=TOPEKA)
    return confirmation(written, place, row, rivals_among(written, place, others), too_many=too_many)


ELSEWHERE = ("001000002", RegisteredName(NAME, place=DOVER))
BESIDE = ("001000003", RegisteredName(NAME, place=TOPEKA))
REORDERED = ("001000004", RegisteredName("LIBRARY NETWORK RIVERBEND", place=DOVER))
SAME, ALIKE = "Riverbend Library Network", "Riverbnd Library Network"


@pytest.mark.parametrize(
    ("given", "place", "others", "ruling"),
    [
        pytest.param(SAME, None, (), Ruling.CONFIRMED, id="the name alone"),
        pytest.param(SAME, AT_DOVER, (), Ruling.CONFIRMED, id="a stale address asks nobody"),
        pytest.param(SAME, AT_TOPEKA, (ELSEWHERE,), Ruling.CONFIRMED, id="its own place tells it from its rival"),
        pytest.param(SAME, None, (ELSEWHERE,), Ruling.ADDRESS, id="a rival, and no address"),
        pytest.param(SAME, AT_DOVER, (ELSEWHERE,), Ruling.OTHERS, id="the rival's place"),
        pytest.param(SAME, AT_TOPEKA, (BESIDE,), Ruling.OTHERS, id="a rival in its place"),
        pytest.param(SAME, None, (REORDERED,), Ruling.CONFIRMED, id="another order is a lesser claim"),
        pytest.param(ALIKE, AT_TOPEKA, (), Ruling.CONFIRMED, id="alike, and in its place"),
        pytest.param(ALIKE, None, (), Ruling.ADDRESS, id="alike, and no address"),
        pytest.param(ALIKE, AT_DOVER, (), Ruling.ELSEWHERE, id="alike, and elsewhere"),
        pytest.param(ALIKE, AT_TOPEKA, (ELSEWHERE,), Ruling.OTHERS, id="alike, and so is another far away"),
        pytest.param("Riverbend Library Trust", AT_TOPEKA, (), Ruling.OTHER_NAME, id="another name"),
        pytest.param("Library Network Riverbend", AT_TOPEKA, (REORDERED,), Ruling.OTHERS, id="another's own order"),
    ],
)
def test_name_place_and_namesakes_rule_together(
    given: str, place: GivenPlace | None, others: tuple[tuple[str, RegisteredName], ...], ruling: Ruling
) -> None:
    answer = confirmed(given, place, *others)
    assert answer.ruling is ruling
    assert answer.confirms is (ruling is Ruling.CONFIRMED)


def test_a_question_names_the_others() -> None:
    assert [rival.ein for rival in confirmed(SAME, None, ELSEWHERE, BESIDE).rivals] == ["001000002", "001000003"]


def test_the_nearest_of_the_others_stand_first() -> None:
    """Those of the same name before those of one alike, in the place before elsewhere, and then by number."""
    reordered = "LIBRARY NETWORK RIVERBEND"
    bodies = (
        ("001000001", RegisteredName(reordered, place=DOVER)),
        ("001000002", RegisteredName("ZENITH ORCHARD", place=TOPEKA)),
        ("001000003", RegisteredName(NAME, place=DOVER)),
        ("001000004", RegisteredName(reordered, place=TOPEKA)),
        ("001000006", RegisteredName(NAME, place=TOPEKA)),
        ("001000005", RegisteredName(NAME, place=TOPEKA)),
    )
    rivals = rivals_among(read_written(NAME), AT_TOPEKA, bodies)
    assert [rival.ein[-1] for rival in rivals] == ["5", "6", "3", "4", "1"]


def test_where_more_have_the_name_than_anybody_compared_a_person_looks() -> None:
    assert confirmed(SAME, AT_TOPEKA, too_many=True).ruling is Ruling.OTHERS
    assert confirmed("Riverbend Library Trust", AT_TOPEKA, too_many=True).ruling is Ruling.OTHER_NAME
