"""A person is known by a name however it is transcribed, ordered and shortened, and is not taken for a relative."""

from __future__ import annotations

import pytest

from registers.matching import DEFAULT_THRESHOLD, compare
from tests.registers.matching.names import listed_person, person


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("quillon marlow", "Quillon Marlow", id="case"),
        pytest.param("Quillon Marlow", "MARLOW, Quillon", id="surname first"),
        pytest.param("Quíllon Märlow", "Quillon Marlow", id="accents"),
        pytest.param("Тарас Зорванин", "Taras Zorvanin", id="script"),
        pytest.param("Quillon-Marlow", "Quillon Marlow", id="punctuation"),
        pytest.param("Dr. Quillon Marlow", "Quillon Marlow", id="title"),
    ],
)
def test_the_same_name_is_exact(name: str, other: str) -> None:
    found = compare(person(name), listed_person(other))
    assert (found.exact, found.score) == (True, 100)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Mohamed Zorvani", "Muhammad Zorvani", id="Mohamed and Muhammad"),
        pytest.param("Youssef Tarqani", "Yusuf Tarkani", id="Youssef and Yusuf, q and k"),
        pytest.param("Hussein Marloufi", "Husayn Marlufi", id="Hussein and Husayn, ou and u"),
        pytest.param("Sergey Zorvanov", "Sergei Zorvanoff", id="the Russian endings"),
        pytest.param("Yelena Zorvanskaya", "Elena Zorvanskaia", id="an initial Ye"),
        pytest.param("Abdul Rahman Tarqani", "Abdulrahman Tarqani", id="a name written as one word"),
        pytest.param("Abd al-Rahman Tarqani", "Abdurrahman Tarqani", id="an article that merged"),
        pytest.param("Quillon Tarqani", "Quillon al-Tarqani", id="an article left out"),
        pytest.param("Quillon Altarqani", "Quillon Al Tarqani", id="an article written together"),
        pytest.param("محمد حسين", "Mohamed Hussein", id="a script without vowels"),
        pytest.param("Jürgen Mörlauf", "Juergen Moerlauf", id="umlauts written out"),
        pytest.param("Taras Ivanovich Zorvanin", "Taras Zorvanin", id="a middle name dropped"),
        pytest.param("Q. Marlow", "Quillon Marlow", id="an initial"),
        pytest.param("Quillon Marlwo", "Quillon Marlow", id="two letters exchanged"),
        pytest.param("Quilon Marlow", "Quillon Marlow", id="a letter lost"),
        pytest.param("Quillon Marlow", "Quillon Ray Ambrose Bertram Marlow", id="a short name in a long one"),
        pytest.param("Quillon Marlow", "Quillon Marlow Tarrant Heron", id="without the second surnames"),
    ],
)
def test_another_way_to_write_the_name_is_near(name: str, other: str) -> None:
    found = compare(person(name), listed_person(other))
    assert DEFAULT_THRESHOLD <= found.score < 100
    assert not found.exact


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Quillon Marlow", "Quillon Tarrant", id="another surname"),
        pytest.param("Quillon Marlow", "Bertram Marlow", id="another given name"),
        pytest.param("Ahmed Hassan", "Ahmed Hussein", id="Hassan and Hussein"),
        pytest.param("Ali Hasan", "Ali Hamad", id="short surnames with letters in common"),
        pytest.param("Chen Li", "Shen Li", id="another first letter"),
        pytest.param("Quillon Marlow Jr.", "Quillon Marlow Sr.", id="a junior and a senior"),
        pytest.param("Quillon Marlow II", "Quillon Marlow III", id="the second and the third"),
        pytest.param("Tarik bin Quillon", "Hamid Tarik bin Quillon", id="a son, named after his father"),
        pytest.param("Q. Marlow", "B. Marlow", id="another initial"),
        pytest.param("Quillon Ray Marlow", "Quillon Ted Tarrant", id="only the given name"),
        pytest.param("Marlow", "Quillon Marlow", id="a surname alone"),
        pytest.param("Quillon Marlow", "Bertram Quillon Marlow", id="within the name of a son"),
        pytest.param("", "Quillon Marlow", id="no name"),
        pytest.param("?!", "?!", id="no letters"),
    ],
)
def test_another_person_is_no_match(name: str, other: str) -> None:
    found = compare(person(name), listed_person(other))
    assert found.score < DEFAULT_THRESHOLD
    assert not found.exact
