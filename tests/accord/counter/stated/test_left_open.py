"""Whoever brings a statement in is told at once what it leaves open: entries, a missing one, an account of nobody."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.client.waiting.left_open import left_open
from ledger import clock
from payments.accounts import reference_of
from tests.accord.counter.files import booked, imports
from tests.accord.counter.stated.test_heard_once import stated
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import ISOC

OWN = reference_of(ISOC).reference
STRANGE = "<IBAN>NL91ABNA0417164300</IBAN>"


async def told(desk: Desk, content: bytes) -> tuple[str, ...]:
    return await left_open(desk, (await imports(desk, content)).statements)


async def test_a_statement_says_what_it_leaves_open(furnished: Desk) -> None:
    """Given a debit that nothing explains, and then a gap in the numbers, each is told as the statement comes in."""
    content = stated(booked("", "900.00", reference="SAL-11"), closing="4100.00", name="S-1")
    entries = f"{OWN}: nothing on record explains 1 entry of these days: `accord payments entries --open`."
    assert await told(furnished, content) == (entries,)
    later = message(statement("4100.00", "4100.00", on=clock.today(), number=14), name="S-2")
    assert [words for words in await told(furnished, later) if "number 13 is missing" in words]


async def test_the_first_statement_in_another_currency_is_a_question(furnished: Desk) -> None:
    """Given an account's statements in dollars, one in euros asks whose it is. The first of all is no question."""
    day = clock.today()
    assert await told(furnished, message(statement("0.00", "0.00", on=day, number=1), name="S-4")) == ()
    euros = message(statement("0.00", "0.00", on=day, number=2, currency="EUR"), name="S-5")
    [words] = await told(furnished, euros)
    assert words.startswith(f"{OWN}: its first statement in EUR, and those before it are in USD: if the account")
    assert await told(furnished, message(statement("0.00", "0.00", on=day, number=3, currency="EUR"), name="S-6")) == ()


async def test_a_statement_of_an_account_of_nobody_here_says_so(furnished: Desk) -> None:
    strange = message(statement("0.00", "0.00", on=clock.today(), account=STRANGE), name="S-3")
    [words] = await told(furnished, strange)
    assert words.startswith("Account …4300 is no funder's here, so nothing of it counts: ")
    assert await left_open(furnished, ()) == ()
