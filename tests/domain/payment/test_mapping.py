"""A mapping of a bank's CSV stands once two people of finance signed the same one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.payment.mapping import Columns, MappingSigned, StatementMapping, mappings_of

COLUMNS = Columns(booked_on="Date", amount="Amount", balance="Balance")
FIRST, SECOND = (StatementMapping(columns=COLUMNS, currency=currency) for currency in ("USD", "EUR"))


def signed(mapping: StatementMapping, actor: str) -> MappingSigned:
    values: dict[str, Any] = {"mapping": mapping, "actor": actor}
    return MappingSigned.model_construct(**values)


def test_one_signature_waits_and_the_second_lets_it_stand() -> None:
    one = mappings_of([signed(FIRST, "femi.ade")])
    assert (one.standing, one.waiting) == (None, ((FIRST, "femi.ade"),))
    two = mappings_of([signed(FIRST, "femi.ade"), signed(FIRST, "paul.nkosi")])
    assert (two.standing, two.signers, two.waiting) == (FIRST, ("femi.ade", "paul.nkosi"), ())


def test_one_person_who_signs_twice_is_one() -> None:
    assert mappings_of([signed(FIRST, "femi.ade")] * 3).standing is None


def test_two_who_signed_different_ones_agreed_on_nothing() -> None:
    assert mappings_of([signed(FIRST, "femi.ade"), signed(SECOND, "paul.nkosi")]).standing is None


def test_nobody_returns_to_an_earlier_one_alone() -> None:
    """Given one that stood and was replaced, then it takes two again, and what it read is read by it still."""
    both = [signed(mapping, actor) for mapping in (FIRST, SECOND) for actor in ("femi.ade", "paul.nkosi")]
    again = mappings_of([*both, signed(FIRST, "femi.ade")])
    assert (again.standing, again.ever_stood(FIRST.sha256)) == (SECOND, FIRST)
    assert mappings_of([*both, signed(FIRST, "femi.ade"), signed(FIRST, "paul.nkosi")]).standing == FIRST


def test_what_waited_before_another_stood_takes_two_again() -> None:
    events = [signed(FIRST, "femi.ade"), signed(SECOND, "femi.ade"), signed(SECOND, "paul.nkosi")]
    assert mappings_of([*events, signed(FIRST, "paul.nkosi")]).standing == SECOND
    assert mappings_of(events).ever_stood(FIRST.sha256) is None


@given(st.lists(st.tuples(st.sampled_from([FIRST, SECOND]), st.sampled_from("abc")), max_size=12))
def test_whatever_stands_two_people_signed(acts: list[tuple[StatementMapping, str]]) -> None:
    """Law: whoever signs in whatever order, what stands bears two names, and each of them signed it."""
    state = mappings_of(signed(mapping, actor) for mapping, actor in acts)
    if state.standing is not None:
        assert len(set(state.signers)) == 2
        assert all((state.standing, signer) in acts for signer in state.signers)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"columns": {**COLUMNS.model_dump(), "amount": None}}, "either `amount`, or both"),
        ({"columns": {**COLUMNS.model_dump(), "debit": "Out"}}, "either `amount`, or both"),
        ({"columns": {**COLUMNS.model_dump(), "text": "Date"}}, "two columns have one heading"),
        ({"columns": {**COLUMNS.model_dump(), "direction": "Way"}}, "needs its `debit_words`"),
        ({"columns": {**COLUMNS.model_dump(), "amount": None, "debit": "O", "credit": "I", "direction": "W"}}, "give"),
        ({"currency": None}, "either the `currency` of every row"),
        ({"thousands": "."}, "are one sign"),
        ({"debit_words": ["D"], "credit_words": ["D"]}, "says both a debit and a credit"),
        ({"dates": "DD.MM.YY"}, "dates"),
        ({"delimiter": ""}, "delimiter"),
    ],
)  # fmt: skip
def test_what_says_too_little_or_two_things_is_no_mapping(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        StatementMapping.model_validate({**FIRST.model_dump(), **changes})
