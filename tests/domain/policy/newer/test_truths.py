"""A truth stands against the leg that it is about. Against a gift it stands if its donor is meant (rules 4.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.policy.rulebook import EDITIONS
from domain.screening.evidence import Verification
from domain.screening.truths import KnownTruth, TruthKind
from tests.builders import CHARITY, funds_in, joint, number, screening
from tests.domain.policy.language import FAIL, PASS, judged, said

BOOK = EDITIONS["2026.5"]
DONOR = "Northern Light Telecom Ltd"
GIFT, JOINT = {"funds_in": funds_in()}, {"non_monetary": joint()}


def told(leg: dict[str, Any], kind: TruthKind, about: str = DONOR) -> Any:
    """The rule's word on a leg where this is known of somebody."""
    known = KnownTruth(truth=number("truth"), kind=kind, since=date(2026, 10, 30), party=about)
    return said(judged(leg, CHARITY, Verification(screening=screening(), truths=(known,)), BOOK), "TOLD-FACTS")


def test_no_gift_is_taken_from_whoever_is_known_to_be_blocked() -> None:
    assert told(GIFT, TruthKind.SANCTIONS) is FAIL


def test_what_a_verifier_answered_of_a_donor_is_told_and_stops_nothing() -> None:
    assert told(GIFT, TruthKind.OTHER) is PASS


@pytest.mark.parametrize("kind", sorted({*TruthKind} - {TruthKind.SANCTIONS, TruthKind.OTHER}))
def test_what_matters_of_a_payee_alone_matters_of_no_donor(kind: TruthKind) -> None:
    assert told(GIFT, kind) is None


@pytest.mark.parametrize("about", ["Riverbend Library Network", ""], ids=["the partner", "nobody by name"])
@pytest.mark.parametrize("kind", [TruthKind.SANCTIONS, TruthKind.OTHER])
def test_what_is_known_of_others_stands_against_no_gift(kind: TruthKind, about: str) -> None:
    assert told(GIFT, kind, about) is None


def test_where_neither_money_nor_a_gift_moves_nothing_is_judged() -> None:
    assert told(JOINT, TruthKind.SANCTIONS, "Riverbend Library Network") is None
