"""A gift is heard from a statement of account or a notification, whichever comes first, and counts once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.payment.bank_answers import Resolution
from domain.payment.stated.entries import EntryKind
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, imports, told_now
from tests.accord.counter.stated.test_heard_once import SLOW, lines, stated
from tests.payments.answers.account_statements import report, report_message
from tests.payments.orders import remittance
from tests.scribe import Scribe

KIND: Final = EntryKind
BOTH, NEITHER, NOTIFIED, STATED = ("GIFT-7", "GIFT-7"), ("", ""), ("GIFT-7", ""), ("", "GIFT-7")
OTHERWISE_WRITTEN: Final = ("GIFT-0007", "gift 7")


@pytest.fixture
async def awaited(furnished: Desk) -> Scribe:
    """A partnership that waits for a gift."""
    return await paying.expecting(furnished)


def came(scribe: Scribe, reference: str = "", amount: str = "5000.00", words: str = "", **more: Any) -> str:
    """An entry of today over a gift to a partnership."""
    note = remittance(f"Gift for {scribe.reference} {words}".strip())
    return booked("", amount, **{"direction": "CRDT", "details": note, "reference": reference, **more})


async def received(scribe: Scribe) -> Decimal:
    return Decimal((await scribe.reread()).received)


@pytest.mark.parametrize(
    ("references", "order"),
    [
        (NEITHER, ("053", "054")),
        *(
            pytest.param(each, order, marks=SLOW)
            for each in (BOTH, NEITHER, NOTIFIED, STATED, OTHERWISE_WRITTEN)
            for order in (("053", "054", "053", "054"), ("054", "copy", "053", "054"), ("copy", "053", "054", "052"))
        ),
    ],
)
async def test_it_counts_once_in_any_order_and_however_often(
    awaited: Scribe, references: tuple[str, str], order: Sequence[str]
) -> None:
    """Given a notification, a statement, its copy and a report within the day of one gift."""
    notified, on_statement = came(awaited, references[0]), came(awaited, references[1], words="by its donor")
    files = {
        "054": told_now(notified),
        "053": stated(on_statement, closing="10000.00"),
        "copy": stated(on_statement, closing="10000.00", name="S-2", copy="DUPL"),
        "052": report_message(report(on_statement)),
    }
    for name in order:
        await imports(awaited.desk, files[name])
    assert await received(awaited) == Decimal(5000)
    assert await exceptions_of(awaited.desk, everything=True) == []
    assert [(one.kind, one.amount) for one in await lines(awaited.desk)] == [(KIND.GIFT, Decimal(5000))]


@pytest.mark.slow
@pytest.mark.parametrize("order", [*permutations(("054", "053", "copy"))], ids="-".join)
@pytest.mark.parametrize("reference", ["", "GIFT-"], ids=["without references", "with references"])
async def test_two_equal_gifts_of_one_day_are_two(awaited: Scribe, reference: str, order: Sequence[str]) -> None:
    entries = [came(awaited, f"{reference}{number}" if reference else "") for number in (71, 72)]
    files = {
        "054": told_now(*entries),
        "053": stated(*entries, closing="15000.00"),
        "copy": stated(*entries[::-1], closing="15000.00", name="S-2"),
    }
    for name in order:
        await imports(awaited.desk, files[name])
    assert await received(awaited) == Decimal(10000)
    assert await exceptions_of(awaited.desk, everything=True) == []
    assert [one.kind for one in await lines(awaited.desk)] == [KIND.GIFT, KIND.GIFT]


@pytest.mark.parametrize("kind", [b"Stmt", b"Ntfctn"])
async def test_a_statement_or_notification_that_one_message_has_twice_counts_once(awaited: Scribe, kind: bytes) -> None:
    """Given a message with the same part again, marked as a copy, then the gift in it is one."""
    gift = came(awaited)
    content = stated(gift, closing="10000.00") if kind == b"Stmt" else told_now(gift)
    part = content[content.index(b"<" + kind) : content.index(b"</" + kind + b">") + len(kind) + 3]
    copy = part.replace(b"</Id>", b"</Id><CpyDplctInd>DUPL</CpyDplctInd>", 1)
    await imports(awaited.desk, content.replace(part, part + copy))
    assert await received(awaited) == Decimal(5000)
    assert [one.amount for one in await lines(awaited.desk)] == [Decimal(5000)] * (kind == b"Stmt")


@pytest.mark.slow
async def test_of_two_on_the_statement_the_one_that_was_notified_counts_once(awaited: Scribe) -> None:
    """Given one notification and a statement with two equal gifts, then the second is heard from the statement."""
    await imports(awaited.desk, told_now(came(awaited)))
    await imports(awaited.desk, stated(came(awaited), came(awaited), closing="15000.00"))
    assert await received(awaited) == Decimal(10000)


@pytest.mark.slow
@pytest.mark.parametrize("first", ["053", "054"])
async def test_under_another_reference_the_second_is_for_a_person(awaited: Scribe, first: str) -> None:
    """Given one gift of a day that two files name by two references, then it counts once, and people say the rest."""
    files = [stated(came(awaited, "GIFT-A"), closing="10000.00"), told_now(came(awaited, "GIFT-B"))]
    for content in files if first == "053" else files[::-1]:
        await imports(awaited.desk, content)
    assert await received(awaited) == Decimal(5000)
    asked = [one.kind for one in await exceptions_of(awaited.desk)]
    assert asked == (["PERHAPS_TOLD_BEFORE"] if first == "053" else [])


@pytest.mark.slow
async def test_what_people_are_asked_about_is_not_heard_meanwhile(awaited: Scribe) -> None:
    """Given a notification without the partnership's name, then a statement that has it counts nothing, nor after."""
    await imports(awaited.desk, told_now(booked("", "5000.00", direction="CRDT")))
    day = stated(came(awaited), closing="10000.00")
    await imports(awaited.desk, day)
    assert await received(awaited) == 0
    [exception] = await exceptions_of(awaited.desk)
    for actor in ("femi.ade", "dora.kim"):
        belongs = PaymentReference(awaited.reference)
        await resolve(awaited.desk, exception, Resolution.BELONGS_TO, belongs, "the donor wrote so", actor)
    await imports(awaited.desk, day)
    assert await received(awaited) == Decimal(5000)
    assert [one.kind for one in await lines(awaited.desk)] == [KIND.GIFT]


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"currency": "EUR"}, id="another currency than was promised"),
        pytest.param({"words": "and P-2026-0043"}, id="two partnerships"),
    ],
)
async def test_what_cannot_count_as_it_stands_is_open(awaited: Scribe, entry: dict[str, str]) -> None:
    content = stated(came(awaited, **entry), closing="10000.00") if "words" in entry else None
    if content is None:
        content = stated(came(awaited, **entry), closing="10000.00").replace(b'"USD"', b'"EUR"')
    await imports(awaited.desk, content)
    assert await received(awaited) == 0
    assert [one.kind for one in await lines(awaited.desk)] == [KIND.OPEN]
    assert await exceptions_of(awaited.desk, everything=True) == []
