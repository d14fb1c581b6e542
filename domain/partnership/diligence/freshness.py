"""Freshness of the registers that a decision rests on (R28)."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.acts import StaffCommand
from domain.partnership.agreement.commands import SignAgreement
from domain.partnership.approval.commands import Approve
from domain.partnership.state import Partnership
from domain.policy.rulebook import EDITIONS


def require_fresh_registers(partnership: Partnership, command: StaffCommand) -> None:
    """Raise IllegalTransition if an approval or agreement rests on register versions that are now too old (R28).

    Versions that were too old already at verification do not count here, since a verifier was shown them and accepted
    them.
    """
    verification, assessment = partnership.verification, partnership.assessment
    if verification is None or assessment is None or not isinstance(command, Approve | SignAgreement):
        return
    book = EDITIONS.get(assessment.rule_book)
    if book is None:
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} was assessed under edition {assessment.rule_book} "
            "of the rule book, which this release of Accord does not know; upgrade it"
        )
    accepted_registers = book.too_old(verification, verification.verified_at.date())
    if old := [
        register for register in book.too_old(verification, command.at.date()) if register not in accepted_registers
    ]:
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} was verified against {', '.join(old)}, too old by "
            "now; `accord registers refresh`, or `load`, newer ones, and it is verified again by itself"
        )
