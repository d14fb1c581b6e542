"""Checks of an agreement against the state: its account, its papers, and a second one."""

from __future__ import annotations

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership.agreement import commands as c
from domain.partnership.agreement.own_accounts import require_the_payees_own
from domain.partnership.diligence.admission import require_looked_at, require_on_file
from domain.partnership.letter.terms import require_terms_as_issued
from domain.partnership.payment.admission import end_first
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.policy.conditions import Gate


def admit_agreement(partnership: Partnership, command: c.SignAgreement) -> None:
    """Refuse an agreement before its papers, with the wrong account, and a second one that changes nothing."""
    pays = partnership.proposed.funds_out is not None
    if pays and command.account is None:
        raise PaymentRefused("the agreement must name the payee's account (--account BA-...), since money goes out")
    if not pays and command.account is not None:
        raise PaymentRefused("no money goes out in this partnership, so its agreement names no account")
    require_the_payees_own(partnership, command.account)
    require_terms_as_issued(partnership, command.document_sha256, command.actor)
    require_on_file(partnership, partnership.open_conditions(Gate.AGREEMENT))
    require_looked_at(partnership)
    if partnership.stage is not Stage.ACTIVE:
        return
    if partnership.in_flight:
        raise PaymentRefused(f"a payment is on its way to the account: {end_first(partnership)}, and then change it")
    if command.account == partnership.account and not _needs_another_account(partnership):
        raise IllegalTransition(
            f"the agreement of {partnership.partnership_id} is signed already, with this account; it is signed again "
            "with another account, or after a payment failed"
        )


def _needs_another_account(partnership: Partnership) -> bool:
    states = {TrancheState.REJECTED, TrancheState.RETURNED, TrancheState.WITHHELD, TrancheState.CANCELLED}
    return bool(partnership.tainted) or any(tranche.state in states for tranche in partnership.tranches)
