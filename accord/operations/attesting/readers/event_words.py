"""The bank's word on a movement, as payloads of events hold it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

UNSAID_DAYS: Final = 3
"""The most days between a booking and the message on it, where the message does not say the bank's day."""


class BankWord(NamedTuple):
    """The bank's word on a movement: how much, when, and under which names."""

    currency: str
    amount: Decimal
    day: date
    days_around: int | None
    """How many days before or after the bank may have booked it; None if no statement need hold it."""
    references: frozenset[str]


def word_of(answer: Any) -> BankWord:
    """Return an answer of the bank as a word."""
    currency, amount = money_of(answer)
    names = frozenset({name_of(answer["bank_reference"])}) - {""}
    return BankWord(currency, amount, day_of(answer), 0 if answer.get("booked_on") else UNSAID_DAYS, names)


def word_of_booking(answer: Any) -> BankWord:
    """Return an answer on a payment as a word: with what left the account, where the bank says the rate or charges."""
    word, figures = word_of(answer), answer.get("figures")
    if figures is None:
        return word
    currency, amount = money_of({"money": figures["booked_sum"]})
    return word._replace(currency=currency, amount=amount)


def word_of_act(content: Any) -> BankWord:
    """Return the word on a gift of before releases kept the bank's answer with it."""
    currency, amount = money_of(content)
    return BankWord(
        currency, amount, day_of(content), UNSAID_DAYS, frozenset({name_of(content["bank_reference"])}) - {""}
    )


def money_of(content: Any) -> tuple[str, Decimal]:
    """Return the currency and the amount of what names a sum."""
    money = content["money"]
    return str(money["currency"]), Decimal(str(money["amount"]))


def day_of(content: Any) -> date:
    """Return the day of a movement: the bank's if it said one, else that of the message, or that of the act in UTC."""
    if content.get("booked_on"):
        return date.fromisoformat(content["booked_on"])
    if content.get("said_at"):
        return datetime.fromisoformat(content["said_at"]).date()
    return datetime.fromisoformat(content["at"]).astimezone(UTC).date()


def name_of(reference: str) -> str:
    """Return an identifier as it is compared: letters and digits, in capitals."""
    return "".join(sign for sign in str(reference).upper() if sign.isalnum())
