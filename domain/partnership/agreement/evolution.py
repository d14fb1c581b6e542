"""Evolve a partnership by its agreement."""

from __future__ import annotations

from typing import Final

from domain.directory.tiers import Role
from domain.partnership.acts import day_of
from domain.partnership.agreement.events import AgreementSigned
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Partnership


def agreement_changed(partnership: Partnership, event: AgreementSigned) -> ChangedFields:
    """Return the fields after an agreement. A changed account withdraws the approval by finance (R34, R40)."""
    has_new_account = partnership.account is not None and partnership.account != event.account
    other_approvals = tuple(approval for approval in partnership.approvals if approval.role is not _FINANCE)
    return {
        "stage": Stage.ACTIVE,
        "account": event.account,
        "account_verifier": event.account_verifier,
        "payable_from": event.payable_from,
        "account_fault": "",
        "account_fault_at": None,
        "signatory": event.actor,
        "agreed_on": partnership.agreed_on or day_of(event),
        "agreement_sha256": event.document_sha256,
        "deadline": None,
        "approvals": other_approvals if has_new_account else partnership.approvals,
        "quorum": event.quorum or partnership.quorum,
        "conversion": event.conversion or partnership.conversion,
    }


_FINANCE: Final = Role.FINANCE_APPROVER
