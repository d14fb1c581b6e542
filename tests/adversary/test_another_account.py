"""The grantee writes that its bank details changed while a payment to the old ones is released: it does not leave.

Nothing is signed yet: an agreement cannot name another account while a payment is on its way. What people recorded is
known all the same, and the payment waits until it is cancelled, or somebody asked which account is right.
"""

from __future__ import annotations

import pytest
from schwifty import IBAN

from tests.adversary.people.office import SAMPLE, Office
from tests.adversary.people.papers import CAPITOL, LAKESIDE, RIVERBEND, Organisation

MISTAKE = ("--reason", "the bank details changed")


def new_details(office: Office, payee: Organisation, number: int = 7701, **more: str) -> object:
    """A file with other bank details of a payee's."""
    known = (SAMPLE / "accounts" / f"{payee.account}.toml").read_text("utf-8")
    iban = f'iban = "{IBAN.generate("NL", bank_code="MOCK", account_code=f"{number:010d}")}"'
    lines = [iban if line.startswith("iban") else line for line in known.splitlines()]
    lines = [f'{line.split(" = ")[0]} = "{more[line.split(" = ")[0]]}"' if line.split(" = ")[0] in more else line
             for line in lines]  # fmt: skip
    return office.file("\n".join(lines), "new-account.toml")


async def recorded(office: Office, details: object) -> str:
    answer = await office.done("payments", "account", details, "--as", "vera.lind", "--json")
    return str(answer.json["reference"])


@pytest.mark.slow
async def test_an_account_that_was_called_back_since_the_release_keeps_the_payment_to_the_old_one(
    office: Office,
) -> None:
    """W6: the agreement cannot name it yet, so the payment went to the account that the grantee had given up."""
    reference, another = await office.released("14000.00"), await office.released("20000.00", payee=CAPITOL)
    new = await recorded(office, new_details(office, RIVERBEND))
    await office.called_back(new)
    refused = await office.accord("sign-agreement", reference, "--account", new, "--as", "dora.kim")
    assert refused.code != 0
    said = await office.pay()
    assert len(office.bank.told(another)) == 1, "what nothing speaks against is paid"
    assert office.bank.told(reference) == [], f"the bank was told to pay the old account of {reference}"
    told = " ".join(answer.words for answer in said)
    for word in (new, f"accord payments cancel {reference}", f"accord payments confirm {office.accounts['riverbend']}"):
        assert word in told, told
    assert f"accord payments cancel {reference}" in refused.words


@pytest.mark.slow
async def test_the_old_account_is_paid_once_somebody_asked_and_it_is_right(office: Office) -> None:
    reference = await office.released("15000.00", payee=LAKESIDE)
    await recorded(office, new_details(office, LAKESIDE))
    await office.pay()
    assert office.bank.told(reference) == [], "what was recorded counts before anybody called back"
    await office.called_back(office.accounts["lakeside"], "--anew")
    await office.pay()
    assert len(office.bank.told(reference)) == 1


@pytest.mark.slow
async def test_a_change_of_the_account_is_begun_while_a_payment_is_released_and_keeps_it(office: Office) -> None:
    reference = await office.released("16000.00", payee=CAPITOL)
    details = new_details(office, CAPITOL, 7702)
    begun = await office.done("payments", "change-account", reference, details, "--as", "vera.lind")
    assert f"accord payments cancel {reference}" in begun.words
    assert len(await office.holds(reference, "HoldPlaced")) == 1
    await office.pay()
    assert office.bank.told(reference) == []


@pytest.mark.slow
async def test_an_account_of_somebody_else_keeps_no_payment(office: Office) -> None:
    reference = await office.released("17000.00", payee=LAKESIDE)
    await recorded(office, new_details(office, LAKESIDE, 7703, holder="Meadow Trust"))
    await office.pay()
    assert len(office.bank.told(reference)) == 1
