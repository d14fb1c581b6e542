"""A payment file is made, handed over once, void, or never arrived: forward only, and by people who sign."""

from __future__ import annotations

import re
from datetime import date
from functools import reduce
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.identity import message_id
from domain.payment import payment_file as f
from domain.payment.payment_file import FileStatus
from tests.builders import DIGEST, NOON, money, number
from tests.domain.partnership.hands import signature_on
from tests.domain.recorded.test_events import STATEMENT

WORD = "ef" * 32
MESSAGE = message_id((number("a payment"),))
SIGNED = signature_on(STATEMENT)
S = FileStatus


def by(actor: str, kind: Any, **content: Any) -> Any:
    return kind(at=NOON, actor=actor, signature=SIGNED, **{"sha256": DIGEST, **content})


MADE = by(
    "paul.nkosi", f.PaymentFileMade, payments=(number("a payment"),), total=money(), execution_on=date(2026, 11, 3)
)
HANDED = by("femi.ade", f.PaymentFileHandedOver)
VOID = f.PaymentFileVoided(at=NOON, reason="on hold")
NEVER = by("dora.kim", f.PaymentFileNeverSent, word_sha256=WORD)


def after(*events: Any) -> f.PaymentFile:
    return reduce(f.evolve_file, events, f.PaymentFile(message_id=MESSAGE))


def test_a_file_that_was_made_stands_in_the_database_and_nowhere_else() -> None:
    made = after(MADE)
    assert (made.status, made.payments, made.made_by) == (S.MADE, (number("a payment"),), "paul.nkosi")
    assert (made.sha256, made.execution_on) == (DIGEST, date(2026, 11, 3))


ENDS = {"handed over": HANDED, "void": VOID, "never sent": NEVER, "made again": MADE}


@pytest.mark.parametrize(
    ("before", "next_", "status"),
    [
        ((MADE,), HANDED, S.HANDED_OVER),
        ((MADE,), VOID, S.VOID),
        ((MADE,), NEVER, S.MADE),
        ((MADE, HANDED), VOID, S.HANDED_OVER),
        ((MADE, HANDED), HANDED, S.HANDED_OVER),
        ((MADE, HANDED), NEVER, S.NEVER_SENT),
        ((MADE, HANDED), MADE, S.HANDED_OVER),
        ((MADE, VOID), HANDED, S.HANDED_OVER),  # a worker alone claims what is void; who handed over, signed
        ((MADE, VOID), NEVER, S.VOID),
        ((MADE, HANDED, NEVER), HANDED, S.NEVER_SENT),
        ((MADE, HANDED, NEVER), VOID, S.NEVER_SENT),
    ],
)
def test_a_file_moves_forward_only_whoever_says_so(before: tuple[Any, ...], next_: Any, status: FileStatus) -> None:
    assert after(*before, next_).status is status


def test_a_second_making_changes_nothing_of_the_first() -> None:
    other = by("ana.silva", f.PaymentFileMade, payments=(number("another"),), total=money(), execution_on=date.max)
    assert after(MADE, other) == after(MADE)


def test_a_hand_over_by_two_names_both_and_each_once() -> None:
    first = by("paul.nkosi", f.HandOverAgreed)
    assert after(MADE, first, HANDED).handed_over_by == ("paul.nkosi", "femi.ade")
    assert after(MADE, by("femi.ade", f.HandOverAgreed), HANDED).handed_over_by == ("femi.ade",)


def test_what_was_agreed_before_the_hand_over_is_spent_by_it() -> None:
    assert after(MADE, by("paul.nkosi", f.HandOverAgreed), HANDED).agreed == ()


FIRST = {
    "hand over": (by("paul.nkosi", f.HandOverAgreed), HANDED),
    "write again": (
        by("paul.nkosi", f.WritingAgainAgreed, in_doubt=("P-2026-0042: on hold",)),
        by("femi.ade", f.PaymentFileWrittenAgain, in_doubt=("P-2026-0042: on hold",)),
    ),
    "never sent": (by("paul.nkosi", f.NeverSentAgreed, word_sha256=WORD), NEVER),
}


@pytest.mark.parametrize("act", FIRST)
def test_two_signatures_are_of_one_act_with_one_content_by_two_people(act: str) -> None:
    first, second = FIRST[act]
    file = after(MADE, first)
    assert file.first(second) == "paul.nkosi"
    assert file.first(second.model_copy(update={"actor": "paul.nkosi"})) is None
    assert file.first(second, besides=frozenset({"paul.nkosi"})) is None
    assert file.first(second.model_copy(update={"sha256": "00" * 32})) is None
    for other in FIRST:
        if other != act:
            assert file.first(FIRST[other][1]) is None


def test_who_signed_first_on_other_doubts_did_not_sign_on_these() -> None:
    file = after(MADE, by("paul.nkosi", f.WritingAgainAgreed, in_doubt=("P-2026-0042: on hold",)))
    more = by("femi.ade", f.PaymentFileWrittenAgain, in_doubt=("P-2026-0042: on hold", "P-2026-0043: ended"))
    assert file.first(more) is None


def test_who_signed_first_on_another_word_of_the_bank_did_not_sign_on_this() -> None:
    file = after(MADE, HANDED, by("paul.nkosi", f.NeverSentAgreed, word_sha256="00" * 32))
    assert file.first(NEVER) is None


def test_a_writing_again_spends_its_first_signature_and_no_other() -> None:
    agreed, written = FIRST["write again"]
    never = FIRST["never sent"][0]
    assert after(MADE, HANDED, agreed, never, written).agreed == (never,)


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        (f.PaymentFileMade, {Role.PAYER}),
        (f.PaymentFileHandedOver, {Role.PAYER, Role.FINANCE_APPROVER}),
        (f.PaymentFileWrittenAgain, {Role.PAYER, Role.FINANCE_APPROVER}),
        (f.PaymentFileNeverSent, {Role.PAYER, Role.FINANCE_APPROVER, Role.DIRECTOR}),
    ],
)
def test_who_may_do_it(kind: Any, roles: set[Role]) -> None:
    assert kind.roles == roles


def test_the_first_of_two_needs_the_roles_of_the_second_and_is_an_act_of_its_own() -> None:
    """A signature that agrees to something is never one that does it."""
    for first, second in FIRST.values():
        assert (first.agrees_to, first.roles) == (second.act, second.roles)
        assert first.act != second.act


def test_a_message_id_has_the_form_that_becomes_a_name_on_disk() -> None:
    assert re.fullmatch(f.MESSAGE_ID, MESSAGE)
    assert not re.fullmatch(f.MESSAGE_ID, "../" + MESSAGE)
    assert message_id((number("a payment"),), 1) != MESSAGE
