"""An earlier edition's reading of an absent field stays in its digests. From 2026.5 on it is not given."""

from __future__ import annotations

import json

import pytest

from domain.policy.canonical import canonical, order_of
from domain.policy.rulebook import RELEASED
from domain.proposal import FundsIn, FundsOut
from tests.builders import funds_in, funds_out

FLAGS = ("advertising", "contingent", "influences_priorities")


SINCE = "2026.5"
"""The edition that tells what nobody said from no."""


@pytest.mark.parametrize("edition", [edition for edition in RELEASED if order_of(edition) < order_of(SINCE)])
def test_earlier_editions_read_no_where_nobody_said_anything(edition: str) -> None:
    unsaid, no = (FundsIn.model_validate(funds_in(**dict.fromkeys(FLAGS, said))) for said in (None, False))
    assert canonical(unsaid, edition) == canonical(no, edition)
    left, out = (FundsOut.model_validate(funds_out(controlled_by_insider=said)) for said in (None, False))
    assert canonical(left, edition) == canonical(out, edition)


@pytest.mark.parametrize("edition", [edition for edition in RELEASED if order_of(edition) >= order_of(SINCE)])
def test_a_later_edition_tells_not_given_from_no(edition: str) -> None:
    unsaid = json.loads(canonical(FundsIn.model_validate(funds_in(advertising=None)), edition))
    assert "advertising" not in unsaid
    assert unsaid["contingent"] is False


def test_a_field_that_an_edition_did_not_know_is_not_read_either() -> None:
    unsaid = json.loads(canonical(FundsIn.model_validate(funds_in(**dict.fromkeys(FLAGS))), "2026.1"))
    assert "advertising" not in unsaid
    assert unsaid["influences_priorities"] is False
