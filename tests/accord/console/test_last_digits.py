"""A bank that names an account is repeated to readers by its last digits. The ledger keeps what it was told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from accord.client.desk import Desk
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from tests.accord.console.conftest import Visitor
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown

IBAN = "NL05MOCK0000002104"
CLOSED = f"the creditor account {IBAN} is closed"


async def test_no_page_and_no_file_shows_the_account_that_the_bank_names(
    visit: Callable[[str], Awaitable[Visitor]], desk: Desk, reference: str
) -> None:
    """Given a payment whose rejection names the account, when anybody reads, then they see its last digits."""
    life, visitor = Life(desk, reference), await visit("otto.audit")
    payment = await life.released(proposal(reference, funds_out=funds_out("1000.00")))
    await life.bank_says(payment, BankStatus.REJECTED, reason="AC04", words=CLOSED)
    await life.until_tranche(TrancheState.REJECTED)
    await until_shown(desk)
    payments = f"/payments?partnership={reference}"
    for page in (payments, f"{payments}&format=csv", f"{payments}&format=json", f"/{reference}"):
        shown = (await visitor.get(page)).text
        assert (IBAN in shown, "2104 is closed" in shown) == (False, True), page
    assert CLOSED in str((await life.attempt()).reason)  # type: ignore[union-attr]
