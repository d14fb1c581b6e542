"""The accounts of the organisation's own funders: none is a payee's, unless the payee is that funder (rules 4.15)."""

from __future__ import annotations

from domain.errors import PaymentRefused
from domain.parties import AccountReference
from domain.partnership.state import Partnership
from domain.policy.rules.related import is_funder


def require_the_payees_own(partnership: Partnership, account: AccountReference | None) -> None:
    """Raise PaymentRefused if an agreement names an account of a funder of the organisation as its payee's (R14)."""
    out, funding = partnership.proposed.funds_out, partnership.funding
    if out is None or account is None or funding is None:
        return
    for funder in (*funding.funders, *funding.others):
        is_payee = funder.funder_id != out.funder and is_funder(out.payee, out.payee.names, funder)
        if funder.account == account.reference and not is_payee:
            raise PaymentRefused(
                f"account: {account.reference} is the account of {funder.funder_id}, a funder; name the payee's own"
            )
