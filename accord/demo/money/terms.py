"""The terms on which the demo's organisation pays in other currencies, and the account of a payee."""

from __future__ import annotations

from typing import Any, Final

from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER
from accord.demo.steps import DIRECTOR
from accord.organisation.governance import OPERATOR, change_directory, confirm_account, confirm_change, vouch
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import HouseRules
from domain.parties import AccountReference
from payments.accounts import AccountDetails, record_account

_AUDITOR: Final = "otto.audit"

RULES: Final[dict[str, Any]] = {
    "base_currency": "USD",
    "tolerance": {"rate_percent": "1.5", "charges": {"amount": "25.00", "currency": "USD"}},
}
"""The currency of all limits, and how far a booking may be from its instruction before people look at it."""

SPRINGFIELD: Final = AccountDetails(
    holder="Springfield Bridges, Bytes and Books", iban="NL80MOCK0000002112", bic="MOCKNL2A", street="Bridge Street",
    building="10", post_code="59000", town="Springfield", country="US",
)  # fmt: skip
"""The account of a payee. It is invented: the IBAN has valid check digits and belongs to nobody."""


async def set_terms(desk: Desk) -> None:
    """Have a director ask for the rules on currencies, and an auditor confirm them, unless they stand."""
    rules = (await desk.directory()).rules
    content = rules.model_dump(mode="json") if rules is not None else {}
    if RULES.items() <= content.items():
        return
    wanted = HouseRules.model_validate({**content, **RULES})
    change = await change_directory(desk, (HouseRulesSet(rules=wanted),), DIRECTOR)
    if change.change_id is not None:
        await confirm_change(desk, change.change_id, _AUDITOR)


async def record_payee(desk: Desk) -> AccountReference:
    """Record and verify the account of the payee of these scenes, and return its reference."""
    async with desk.pool.acquire() as connection:
        account = await record_account(connection, SPRINGFIELD, OPERATOR)
    await vouch(desk, account, RECORDER)
    await confirm_account(desk, account, CALLER, "called the number in the payee's own published directory")
    return account
