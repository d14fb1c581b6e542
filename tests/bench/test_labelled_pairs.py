"""Labelled pairs of the screening's bench: what a pair is of, and how scores are judged."""

from __future__ import annotations

import pytest

from bench.screening.pairs import Pair, script_of, words_of
from bench.screening.peers import PeerAbsent, logic_v2, wratio
from bench.screening.quality import best_threshold, f1, ours
from registers.matching import ListedKind, ListedName, NameIndex


def pair(party: str, listed: str, same: bool) -> Pair:
    return Pair(party, ListedName(1, "un 1", listed, ListedKind.PERSON), same)


PAIRS = (
    pair("Quillon Marlow", "MARLOW, Quillon Ray", same=True),
    pair("محمد حسين", "Mohamed Hussein", same=True),
    pair("Quillon Marlow", "TARRANT, Quillon", same=False),
)


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("Marlow", "LATIN"),
        ("محمد", "ARABIC"),
        ("Тарас", "CYRILLIC"),
        ("王石建", "CJK"),
        ("박서눈", "HANGUL"),
        ("Ö. 5", "LATIN"),
    ],
)
def test_a_pair_is_of_the_script_that_is_not_latin(name: str, script: str) -> None:
    assert script_of(name) == script
    assert pair("Quillon", name, same=True).script == script


def test_words_are_shared_once_they_are_in_plain_letters() -> None:
    assert words_of("Quíllon R. Marlow") == {"quillon", "marlow"}
    assert [one.shares for one in PAIRS] == [True, False, True]


def test_f1_is_the_mean_of_precision_and_recall() -> None:
    assert f1(PAIRS, [90, 90, 0], 82) == 1
    assert f1(PAIRS, [90, 0, 90], 82) == 0.5
    assert f1(PAIRS, [0, 0, 0], 82) == 0
    assert best_threshold(PAIRS, [60, 70, 50]) == 60


def test_each_matcher_scores_every_pair_and_an_absent_one_says_why() -> None:
    scores = ours(PAIRS, NameIndex([one.listed for one in PAIRS]))
    assert [score >= 82 for score in scores] == [True, True, False]
    assert len(wratio(PAIRS)) == len(PAIRS)
    with pytest.raises(PeerAbsent, match="no Python that has nomenklatura"):
        logic_v2(PAIRS, None)
