"""Checks of an approval against the state."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.approval import commands as c
from domain.partnership.diligence.admission import require_a_paper, require_no_interest
from domain.partnership.diligence.papers_for_clearances import proved_before_approval
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import Outcome


def admit_approval(partnership: Partnership, command: c.Approve) -> None:
    """Refuse an approval without its words on interests, of what a rule refuses, and one that nobody waits for."""
    require_no_interest(partnership, command)
    if partnership.stage is Stage.ELIGIBILITY:
        if partnership.assessment is None:
            raise IllegalTransition(f"the rule book has not spoken on {partnership.partnership_id} yet; wait a moment")
        if partnership.assessment.outcome is Outcome.FAIL:
            raise IllegalTransition(
                "a rule refuses it, and nobody clears that; amend it, or end it: `accord terminate`"
            )
        require_a_paper(command, proved_before_approval(partnership.assessment))
    elif command.document_sha256 is not None:
        raise IllegalTransition("document: an approval rests on no paper; `accord satisfy` puts one on file")
    elif not partnership.missing_approvals and not partnership.to_renew:
        raise IllegalTransition(f"{partnership.partnership_id} has every approval that it needs")
