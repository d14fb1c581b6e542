"""No payee is paid on an account of the funder's own organisation, unless it is that funder (rules 4.15, R14)."""

from __future__ import annotations

import pytest

from domain.errors import PaymentRefused
from domain.parties import AccountReference, Funder, FunderProfile
from domain.partnership.agreement.own_accounts import require_the_payees_own
from domain.partnership.state import Partnership
from domain.proposal import Funding
from tests.builders import CHARITY, funder, funds_out, party, proposal

SISTER = Funder(
    funder_id="ISOC-FOUNDATION",
    name="Internet Society Foundation",
    profile=FunderProfile.SUPPORTING_ORG,
    account="BA-BZ5VXJJA4UMZ",
)
FUNDING = Funding(funders=(funder(CHARITY),), others=(SISTER,))


def sign(payee: str, account: str, funding: Funding | None = FUNDING) -> None:
    proposed = proposal(funds_out=funds_out(payee=party(payee)))
    known = Partnership(partnership_id="P-2026-0042", proposal=proposed, funding=funding)
    require_the_payees_own(known, AccountReference(reference=account, sha256="ab" * 32))


@pytest.mark.parametrize("account", [FUNDING.funders[0].account, SISTER.account])
def test_an_account_of_a_funder_is_no_payees(account: str) -> None:
    with pytest.raises(PaymentRefused, match="a funder; name the payee's own"):
        sign("Riverbend Library Network", account)


def test_the_funder_that_is_the_payee_is_paid_on_its_own_account_and_never_on_the_payers() -> None:
    sign("Internet Society Foundation", SISTER.account)
    with pytest.raises(PaymentRefused, match="is the account of ISOC, a funder"):
        sign("Internet Society Foundation", FUNDING.funders[0].account)


def test_any_other_account_is_the_payees_own() -> None:
    sign("Riverbend Library Network", "BA-ABCDEFGHIJKL")
    sign("Riverbend Library Network", SISTER.account, Funding(funders=FUNDING.funders))
