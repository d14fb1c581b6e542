"""Words of two names stand for each other: abbreviated, plural, written together, or by their initials (rules 3.1)."""

from __future__ import annotations

import pytest

from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written
from registers.matching.identity.registered_name import RegisteredName

SAME, ALIKE, OTHER = Agreement.SAME, Agreement.ALIKE, Agreement.OTHER


@pytest.mark.parametrize(
    ("written", "registered", "agreement"),
    [
        pytest.param("Riverbend Oaks", "RIVERBEND OAK", SAME, id="a plural of four letters"),
        pytest.param("Riverbend IPS", "RIVERBEND IP", OTHER, id="three letters have no plural"),
        pytest.param("Riverbend Library Incorprated", "RIVERBEND LIBRARY", SAME, id="a misspelt corporate form"),
        pytest.param("Riverbend Library Incorprted", "RIVERBEND LIBRARY", OTHER, id="a word too far from one"),
        pytest.param("Zenith Lodge 007", "ZENITH LODGE 7", SAME, id="zeros before a number"),
        pytest.param("Zenith Lodge 0", "ZENITH LODGE 8", OTHER, id="zero is a number as well"),
        pytest.param("Riverbend Library IN", "RIVERBEND LIBRARY INDIANA", SAME, id="a state's code that is a filler"),
        pytest.param("IN Riverbend Library", "RIVERBEND LIBRARY INDIANA", ALIKE, id="the code elsewhere in the name"),
        pytest.param("Quill Mark of Zenith", "ZENITH QUILLMARK", ALIKE, id="written together, in another order"),
        pytest.param("Quill Zenith Mark", "ZENITH QUILLMARK", OTHER, id="words that do not stand together"),
        pytest.param("QLN of Riverbend", "QUILTERS LANTERN NETWORK OF RIVERBEND", ALIKE, id="initials"),
        pytest.param("QLN", "QUILTERS OF THE LANTERN IN NEMORA", ALIKE, id="initials past the fillers"),
        pytest.param("QL Riverbend", "QUILTERS LANTERN RIVERBEND", OTHER, id="two letters are no initials"),
    ],
)
def test_words_stand_for_each_other(written: str, registered: str, agreement: Agreement) -> None:
    assert compare_written(written, RegisteredName(registered)).agreement is agreement
    assert compare_written(registered, RegisteredName(written)).agreement is agreement
