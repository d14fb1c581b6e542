"""Freshness of the registers that a decision rests on (R28)."""

from __future__ import annotations

from typing import Final

from domain.directory.tiers import list_rule_of
from domain.errors import IllegalTransition
from domain.partnership.acts import StaffCommand
from domain.partnership.agreement.commands import SignAgreement
from domain.partnership.approval.commands import Approve
from domain.partnership.circumstances import Circumstances
from domain.partnership.state import Partnership
from domain.policy.rulebook import EDITIONS

RESTS_ON_REGISTERS: Final = (Approve, SignAgreement)
"""The decisions that are refused on evidence that is too old."""


def require_fresh_registers(partnership: Partnership, command: StaffCommand, circumstances: Circumstances) -> None:
    """Raise IllegalTransition if an approval or agreement rests on register versions that are now too old (R28).

    Versions that were too old already at verification do not count here, since a verifier was shown them and accepted
    them. Neither do lists that bound the organisation then and were not loaded.
    """
    verification, assessment = partnership.verification, partnership.assessment
    if verification is None or assessment is None or not isinstance(command, RESTS_ON_REGISTERS):
        return
    rule = list_rule_of(circumstances.rules)
    book = EDITIONS.get(assessment.rule_book)
    if book is None:
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} was assessed under edition {assessment.rule_book} "
            "of the rule book, which this release of Accord does not know; upgrade it"
        )
    if missing := verification.screening.lists_missing(rule):
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} was not screened against {', '.join(missing)}, which "
            "binds by now; `accord registers refresh`, or `load` it, and it is verified again by itself"
        )
    accepted_registers = book.too_old(verification, verification.verified_at.date())
    old_registers = book.too_old(verification, command.at.date(), rule, circumstances.in_force)
    if old := [register for register in old_registers if register not in accepted_registers]:
        raise IllegalTransition(
            f"cannot {command.verb}: {partnership.partnership_id} was verified against {', '.join(old)}, too old by "
            "now; `accord registers refresh`, or `load`, newer ones, and it is verified again by itself"
        )
