"""A credit that names a partnership is the donor's gift only if the donor sent it (R16)."""

from __future__ import annotations

from typing import Any

import pytest

from accord.client.desk import Desk
from domain.payment.bank_answers import BankStatus, ExceptionKind
from domain.policy.rulebook import RULE_BOOK
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


@pytest.mark.sampled(2)
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


NETWORK = "Riverbend Community Library Network"
"""Of 35 letters, as many as a bank's form has."""


def in_bank_words(name: str) -> str:
    """A name as a bank writes it: upper case, cut where its form ends."""
    return name.upper()[:35].strip()


async def gift_of(desk: Desk, donor: str, edition: str = RULE_BOOK.version, payee: str = "") -> Scribe:
    """A partnership that waits for the money of a donor and, with a payee, pays it on."""
    made: dict[str, Any] = {"funds_in": funds_in("5000.00", donor=party(donor, ein="001000009"))}
    if payee:
        paid = party(payee)
        made |= {"funds_out": funds_out(payee=paid), "partner": paid}
    account = reference_of(RIVERBEND) if payee else None
    return await paying.agreed(desk, proposal(REFERENCE, **made), account, edition)


@pytest.mark.parametrize(
    ("donor", "sender"),
    [
        pytest.param("Smith & Sons Library Trust", "SMITH / SONS LIBRARY TRUST", id="a sign that the form lacks"),
        pytest.param("Fundación Niños de León", "FUNDACION NINOS DE LEON", id="accents that the form lacks"),
        pytest.param(NETWORK, in_bank_words(NETWORK), id="a name that fills the form"),
    ],
)
async def test_the_donor_in_a_banks_own_words_is_the_donor(furnished: Desk, donor: str, sender: str) -> None:
    scribe = await gift_of(furnished, donor)
    answer = await imports(furnished, told_now(credit(sender)))
    assert [one.status for one in answer.new] == [BankStatus.RECEIVED]
    assert (await scribe.reread()).received == 5000


CONFUSED = [
    pytest.param("Mary Olsen Foundation", "MARK OLSEN FOUNDATION", id="another given name"),
    pytest.param("House of Courage", "COURAGE HOUSE", id="another order"),
]
CUT = [
    pytest.param(f"{NETWORK} Foundation", in_bank_words(f"{NETWORK} Foundation"), id="cut between words"),
    pytest.param(f"{NETWORK} Observatory", f"{NETWORK.upper()} OBSERV", id="cut within a word"),
    pytest.param(NETWORK, f"{NETWORK.upper()} FOUNDATI", id="its foundation, cut"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("donor", "sender"), [*CONFUSED, *CUT])
async def test_a_name_that_may_be_anothers_is_for_a_person(furnished: Desk, donor: str, sender: str) -> None:
    scribe = await gift_of(furnished, donor)
    answer = await imports(furnished, told_now(credit(sender)))
    assert "somebody who is not called as the donor is" in answer.for_a_person[0].reason
    assert (await scribe.reread()).received == 0


@pytest.mark.slow
@pytest.mark.parametrize(("donor", "sender"), CONFUSED)
async def test_a_gift_that_was_approved_under_an_earlier_edition_keeps_its_comparison(
    furnished: Desk, donor: str, sender: str
) -> None:
    scribe = await gift_of(furnished, donor, "2026.5")
    await imports(furnished, told_now(credit(sender)))
    assert (await scribe.reread()).received == 5000


@pytest.mark.slow
async def test_a_payees_cut_name_is_the_payees_and_another_given_name_is_not(furnished: Desk) -> None:
    """Given a payee whose name a form cuts, when money comes in that name, then a person looks at it."""
    scribe = await gift_of(furnished, NETWORK, payee=f"{NETWORK} Foundation")
    answer = await imports(furnished, told_now(credit(in_bank_words(f"{NETWORK} Foundation"))))
    assert "it came from the payee" in answer.for_a_person[0].reason
    assert (await scribe.reread()).received == 0


@pytest.mark.slow
async def test_a_donor_is_not_taken_for_a_payee_of_a_like_given_name(furnished: Desk) -> None:
    scribe = await gift_of(furnished, "Mark Olsen Foundation", payee="Mary Olsen Foundation")
    await imports(furnished, told_now(credit("MARK OLSEN FOUNDATION")))
    assert (await scribe.reread()).received == 5000
