"""Money from a blocked sender is not sent back: it lies in a blocked account (rules 4.8)."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.demo.sample import load_sample_registers
from accord.presentation.faults import Refused
from domain.payment.bank_answers import Resolution
from payments.answers.exceptions import RaisedException
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, imports, told_now
from tests.builders import company, funds_in, proposal
from tests.paying import REFERENCE

NOBODYS = PaymentReference("", 0, 0)
NOTE = "their operations desk, by telephone"


async def money_of(desk: Desk, sender: str, words: str = "For a good cause") -> RaisedException:
    """Money of nobody's that came in from a sender, for a person to look at."""
    who = f"<RltdPties><Dbtr><Pty><Nm>{sender}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf>"
    await imports(desk, told_now(booked("", "5000.00", direction="CRDT", details=who, reference="IN-1")))
    [raised] = await exceptions_of(desk)
    return raised


@pytest.fixture
async def desk(furnished: Desk) -> Desk:
    await load_sample_registers(furnished.pool)
    return furnished


async def test_what_a_blocked_sender_paid_is_not_sent_back(desk: Desk) -> None:
    raised = await money_of(desk, "Zorvania Trade Bureau")
    with pytest.raises(Refused, match=r"is on ofac-sdn as .* not sent back .* --kind blocked-account"):
        await resolve(desk, raised, Resolution.RETURNED_TO_SENDER, NOBODYS, NOTE, "femi.ade")
    assert await exceptions_of(desk) == [raised], "it waits as before"
    await resolve(desk, raised, Resolution.BLOCKED_ACCOUNT, NOBODYS, NOTE, "femi.ade")
    assert await exceptions_of(desk) == []


async def test_what_anybody_else_paid_is_sent_back(desk: Desk) -> None:
    raised = await money_of(desk, "Riverside Bakery Ltd")
    await resolve(desk, raised, Resolution.RETURNED_TO_SENDER, NOBODYS, NOTE, "femi.ade")
    assert await exceptions_of(desk) == []


async def test_what_names_the_gift_of_a_blocked_donor_is_not_sent_back_whoever_sent_it(desk: Desk) -> None:
    gift = funds_in("5000.00", donor=company("Zorvania Trade Bureau"))
    await paying.agreed(desk, proposal(REFERENCE, funds_in=gift), None)
    raised = await money_of(desk, "Riverside Bakery Ltd", f"Gift for {REFERENCE}")
    with pytest.raises(Refused, match="not sent back"):
        await resolve(desk, raised, Resolution.RETURNED_TO_SENDER, NOBODYS, NOTE, "femi.ade")
