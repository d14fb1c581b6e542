"""An exception for a person is resolved by signed acts: once, in one way, by two where money moves."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.payment import bank_file as b
from domain.payment.bank_answers import (
    COUNTING,
    BankStatus,
    ExceptionKind,
    Resolution,
    exception_of,
    resolution_needs_two,
)
from domain.streams import StreamId
from tests.builders import NOON, number
from tests.domain.partnership.hands import signature_on
from tests.domain.partnership.specification import answer
from tests.domain.recorded.test_events import STATEMENT

SAID = answer(BankStatus.REJECTED)
RAISED = b.ExceptionRaised(
    at=NOON, exception=ExceptionKind.CONTRADICTION, reason="both", content="a line", answer=SAID, file_sha256="ab" * 32
)


def act(kind: Any, actor: str, resolution: Resolution = Resolution.BELONGS_TO, **more: Any) -> Any:
    content = {"partnership_id": "P-2026-0042", "tranche": 1, "attempt": 1, "note": f"{actor} asked the bank", **more}
    return kind(at=NOON, actor=actor, signature=signature_on(STATEMENT, actor), resolution=resolution, **content)


def agrees(actor: str, **more: Any) -> Any:
    return act(b.ResolutionAgreed, actor, **more)


def resolves(actor: str, **more: Any) -> Any:
    return act(b.ExceptionResolved, actor, **more)


def test_what_was_never_raised_is_no_exception() -> None:
    assert b.fold_exception(()) is None
    assert b.fold_exception((resolves("femi.ade"),)) is None


def test_an_exception_waits_until_somebody_resolves_it() -> None:
    found = b.fold_exception((RAISED, agrees("femi.ade")))
    assert found is not None
    assert (found.raised, found.resolved, found.version) == (RAISED, None, 2)


def test_only_the_first_resolution_counts() -> None:
    found = b.fold_exception((RAISED, resolves("femi.ade"), resolves("dora.kim", resolution=Resolution.BANK_ERROR)))
    assert found is not None
    assert found.resolved == resolves("femi.ade")


@pytest.mark.parametrize(
    ("first", "second", "who"),
    [
        (agrees("femi.ade"), resolves("dora.kim"), "femi.ade"),
        (agrees("femi.ade"), resolves("femi.ade"), None),
        (agrees("femi.ade", resolution=Resolution.BANK_ERROR), resolves("dora.kim"), None),
        (agrees("femi.ade", partnership_id="P-2026-0043"), resolves("dora.kim"), None),
        (agrees("femi.ade", tranche=2), resolves("dora.kim"), None),
        (agrees("femi.ade", attempt=2), resolves("dora.kim"), None),
        (agrees("femi.ade", note="Another note"), resolves("dora.kim"), "femi.ade"),
    ],
)
def test_two_resolve_it_where_both_say_the_same_each_in_words_of_their_own(
    first: Any, second: Any, who: str | None
) -> None:
    found = b.fold_exception((RAISED, first, second))
    assert found is not None
    assert found.first(second) == who


@pytest.mark.parametrize("status", [*BankStatus, None])
def test_two_must_sign_what_makes_money_payable_again_or_counts_it_as_received(status: BankStatus | None) -> None:
    counts = None if status is None else answer(status)
    moves = status in {BankStatus.REJECTED, BankStatus.RETURNED, BankStatus.RECEIVED}
    assert resolution_needs_two(Resolution.BELONGS_TO, counts, counts) is moves


def test_two_must_sign_that_a_receipt_is_a_payment_that_came_back() -> None:
    said, counts = answer(BankStatus.RECEIVED, partnership_id=""), answer(BankStatus.RETURNED)
    assert resolution_needs_two(Resolution.BELONGS_TO, said, counts)


@pytest.mark.parametrize("resolution", [one for one in Resolution if one not in COUNTING])
@pytest.mark.parametrize("status", [*BankStatus, None])
def test_two_must_sign_that_a_booking_of_ours_does_not_count(resolution: Resolution, status: BankStatus | None) -> None:
    said = None if status is None else answer(status)
    assert resolution_needs_two(resolution, said, None) is (status is BankStatus.SETTLED)
    nobodys = None if status is None else answer(status, partnership_id="")
    assert not resolution_needs_two(resolution, nobodys, None)


@pytest.mark.parametrize("status", [*BankStatus, None])
def test_two_must_sign_that_nothing_was_booked(status: BankStatus | None) -> None:
    said = None if status is None else answer(status)
    assert resolution_needs_two(Resolution.NOTHING_BOOKED, said, said)


def test_the_same_answer_raises_one_exception_and_another_answer_another() -> None:
    assert exception_of(SAID) == exception_of(SAID.model_copy(update={"reason": "told again"}))
    assert exception_of(SAID) != exception_of(SAID.model_copy(update={"answer_id": number("another")}))


def test_who_may_import_and_who_may_resolve() -> None:
    both = {Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}
    assert (b.BankFileImported.roles, b.ExceptionResolved.roles, b.ResolutionAgreed.roles) == (both, both, both)


def test_streams_are_named_by_what_they_are_about() -> None:
    assert StreamId.bank_file("ab") == "bank-file/ab"
    assert StreamId.exception(number("x")) == f"exception/{number('x')}"
