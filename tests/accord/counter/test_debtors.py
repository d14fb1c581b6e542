"""A credit that names a partnership is the donor's gift only if the donor sent it (R16)."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from domain.payment.bank_answers import BankStatus, ExceptionKind
from payments.accounts import reference_of
from tests import paying
from tests.accord.counter.files import booked, imports, told_now
from tests.builders import funds_in, funds_out, party, proposal
from tests.paying import REFERENCE
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

DONOR = "Northern Light Foundation"


@pytest.fixture
async def gift(furnished: Desk) -> Scribe:
    """A partnership that waits for a donor's money."""
    donor = party(DONOR, ein="001000009")
    return await paying.agreed(furnished, proposal(REFERENCE, funds_in=funds_in("5000.00", donor=donor)), None)


def credit(name: str = "", iban: str = "", layout: str = "Pty") -> str:
    """An entry of money that names the partnership, from somebody."""
    inner = f"<Nm>{name}</Nm>"
    who = (f"<Dbtr><Pty>{inner}</Pty></Dbtr>" if layout else f"<Dbtr>{inner}</Dbtr>") if name else ""
    account = f"<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>" if iban else ""
    words = f"<RltdPties>{who}{account}</RltdPties><RmtInf><Ustrd>Gift for {REFERENCE}</Ustrd></RmtInf>"
    return booked("", "5000.00", direction="CRDT", details=words, reference="IN-1")


@pytest.mark.parametrize(
    "entry",
    [
        credit(DONOR),
        credit("NORTHERN LIGHT FOUNDATION, THE"),
        credit(DONOR, "GB33BUKB20201555555555"),
        credit(DONOR, layout=""),
    ],
)
async def test_what_the_donor_sent_is_the_gift(gift: Scribe, entry: str) -> None:
    answer = await imports(gift.desk, told_now(entry))
    assert [one.status for one in answer.new] == [BankStatus.RECEIVED]
    assert (await gift.reread()).received == 5000


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(credit(RIVERBEND.holder), id="a payee by name"),
        pytest.param(credit(RIVERBEND.holder, layout=""), id="a payee by name, as banks wrote it before"),
        pytest.param(credit(iban=RIVERBEND.iban or ""), id="a payee's account"),
        pytest.param(credit(DONOR, RIVERBEND.iban or ""), id="a payee's account under the donor's name"),
        pytest.param(credit("Northern Light Telecom Ltd"), id="another of a name like it"),
    ],
)
async def test_what_somebody_else_sent_is_for_a_person(gift: Scribe, entry: str) -> None:
    """Given a gift that is awaited, when another sends money in its name, then nothing counts and a person looks."""
    answer = await imports(gift.desk, told_now(entry))
    assert [one.kind for one in answer.for_a_person] == [ExceptionKind.UNEXPECTED_RECEIPT]
    assert "donor" in answer.for_a_person[0].reason
    assert (await gift.reread()).received == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", [credit(RIVERBEND.holder), credit(iban=RIVERBEND.iban or "")], ids=["by name", "by its account"]
)
async def test_what_the_payee_sends_is_no_gift_though_it_is_the_donor_as_well(furnished: Desk, entry: str) -> None:
    """Given a grant to a body that also gives, when it sends money, then it may be a refund, and a person looks."""
    payee = party(RIVERBEND.holder)
    both = {"funds_out": funds_out(payee=payee), "funds_in": funds_in("5000.00", donor=payee), "partner": payee}
    scribe = await paying.agreed(furnished, proposal(REFERENCE, **both), reference_of(RIVERBEND))
    answer = await imports(furnished, told_now(entry))
    assert "it came from the payee" in answer.for_a_person[0].reason
    assert (await scribe.reread()).received == 0
