"""The proof in a rejection: only a fault of the payment itself, and nothing once a word speaks of a duplicate."""

from __future__ import annotations

import pytest

from domain.payment.rejections import CONTENT_FAULTS, DUPLICATE_CODES, doubt_of_rejection, speaks_of_duplicate


@pytest.mark.parametrize("code", ["AC01", "AC04", "AC06", "BE04", "RC01", "AM09", "CNOR"])
def test_a_fault_of_account_party_bank_or_sum_is_believed(code: str) -> None:
    assert doubt_of_rejection([code], f"{code} the account does not exist") is None
    assert doubt_of_rejection(["NARR", code], f"NARR {code}") is None


@pytest.mark.parametrize("codes", [[], ["NARR"], ["FF01"], ["MS03"], ["AM04"], ["DT01"], ["ED05"], ["TM01"]])
def test_what_says_nothing_of_the_payment_is_doubted(codes: list[str]) -> None:
    assert str(doubt_of_rejection(codes, " ".join(codes))).startswith("it names no fault of the payment's content")


WORDS = (
    "DUPLICATE FILE", "Duplicate file, message id already processed", "file exists", "Fichier déjà traité", "DOUBLON",
    "archivo duplicado", "ya procesado", "bereits verarbeitet", "doppelt eingereicht", "già elaborato", "já processado",
    "reeds verwerkt", "już przetworzony", "Zaten işlendi", "sudah diproses", "дубликат", "уже обработан", "重复文件",
    "二重送信", "ملف مكرر", "tayari", "de\u0301ja\u0300 traite\u0301", "DEJA TRAITE",
)  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_duplicate_are_heard_in_the_banks_language(words: str) -> None:
    assert str(doubt_of_rejection(["AC01"], words)).startswith("it speaks of a duplicate")


@pytest.mark.parametrize("code", sorted(DUPLICATE_CODES))
def test_a_code_of_a_duplicate_is_heard_wherever_it_stands(code: str) -> None:
    assert speaks_of_duplicate(f"NARR {code}") == code


@pytest.mark.parametrize("words", ["", "closed in May", "no such account", "le compte n'existe pas", "Konto erloschen"])
def test_other_words_speak_of_no_duplicate(words: str) -> None:
    assert speaks_of_duplicate(words) is None


def test_no_code_is_both_a_fault_of_the_payment_and_a_duplicate() -> None:
    assert CONTENT_FAULTS.isdisjoint(DUPLICATE_CODES)
