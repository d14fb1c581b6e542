"""No life is stuck: from whatever state, what it asks for is done by somebody, and it comes to its end (issue 15).

Whoever acts is new to the partnership: an organisation may have to hire them, but the rules let them act. A timer moves
a life only where nobody's act does.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cache
from random import Random

import pytest

from domain.partnership import events as e
from domain.partnership.waiting.obligations import is_at_rest
from domain.partnership.waiting.outlook import outlook
from tests.builders import NOON
from tests.domain.partnership import specification as s
from tests.domain.partnership.random_lives import CROWD, KINDS, STAFF, Move, play
from tests.domain.partnership.way_on import Stuck, to_the_end

IN_SHORT, IN_FULL = 150, 10_000
AT_ONCE = 50


def lives(seed: int) -> list[list[Move]]:
    chance = Random(seed)  # noqa: S311
    kinds = [*KINDS, "recheck", "clear", "accept", "return", "refund", *["next"] * 5]
    return [
        [
            Move(chance.choice(kinds), chance.choice(CROWD), chance.choice(STAFF), chance.randrange(4))
            for _ in range(chance.randint(5, 60))
        ]
        for _ in range(AT_ONCE)
    ]


@cache
def follow(seed: int) -> Counter[str]:
    """Fifty lives, each led on to its end, with a count of the ends."""
    ends = Counter[str]()
    for made in lives(seed):
        begun = play(made)[-1]
        if begun.partnership.proposal is None:
            continue
        try:
            told = to_the_end(begun, NOON + timedelta(days=len(made) / 2))
        except Stuck as stuck:
            raise AssertionError(f"seed {seed}: {stuck}; {made}") from stuck
        ends[told[-1].partnership.stage.value] += 1
    return ends


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(IN_SHORT // AT_ONCE))
def test_every_life_comes_to_an_end(seed: int) -> None:
    assert follow(seed).total() > AT_ONCE / 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(IN_SHORT // AT_ONCE, IN_FULL // AT_ONCE))
def test_every_one_of_ten_thousand_lives_comes_to_an_end(seed: int) -> None:
    assert follow(seed).total() > AT_ONCE / 2


def test_lives_end_in_every_way() -> None:
    ends = {stage for seed in range(IN_SHORT // AT_ONCE) for stage in follow(seed)}
    assert {"CLOSED", "DECLINED", "TERMINATED"} <= ends, ends


def test_who_is_stuck_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An act that the rules refuse to everybody is no way on."""
    story = s.active().given(s.hold())
    monkeypatch.setattr(s.Story, "when", lambda self, *asked: self._replace(said=()))
    with pytest.raises(Stuck, match="lift the hold"):
        to_the_end(story, NOON)


@pytest.mark.slow
def test_at_rest_nobody_is_waited_for() -> None:
    for made in lives(7)[:40]:
        begun = play(made)[-1]
        if begun.partnership.proposal is None:
            continue
        last = to_the_end(begun, NOON + timedelta(days=len(made) / 2))[-1].partnership
        assert is_at_rest(last)
        assert outlook(last).awaiting == ()


def test_what_moves_a_life_is_on_record() -> None:
    story = s.paid()
    told = to_the_end(story, NOON + timedelta(days=1))
    said = [type(one) for state in told[1:] for one in state.said]
    assert said == [e.ReportReceived, e.ReportAccepted, e.PartnershipClosed]
