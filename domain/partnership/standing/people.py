"""People of a partnership: approvals, parts, and the recused."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.directory.personal import Person, people_in
from domain.directory.tiers import Role, missing
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.standing.parts import Approval
from domain.partnership.standing.questions import OpenQuestions
from domain.policy.conditions import ConditionId

_BEFORE_APPROVAL: Final = frozenset(
    {Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.DECLINED, Stage.WITHDRAWN}
)


def least_of(approvals: tuple[Approval, ...], actor: str = "") -> Approval:
    """Return the approval to renew: the actor's own, or else that of the smallest sum, of finance if it approved."""
    finance = [approval for approval in approvals if approval.role is Role.FINANCE_APPROVER] or approvals
    own_approvals = [approval for approval in finance if approval.actor == actor] or finance
    return min(
        own_approvals,
        key=lambda approval: approval.sums.money.amount if approval.sums.money is not None else Decimal(0),
    )


class TakingPart(OpenQuestions):
    """A partnership, by who takes part in it, and who must not."""

    @property
    def required_approvals(self) -> tuple[Role, ...]:
        """The roles that must approve: the quorum or, without one, programme and, if money moves, finance."""
        if self.quorum is not None:
            return self.quorum
        money = self.proposed.money is not None
        return (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER) if money else (Role.PROGRAMME_APPROVER,)

    @property
    def missing_approvals(self) -> tuple[Role, ...]:
        """The roles that have not approved yet."""
        return missing(self.required_approvals, tuple(approval.role for approval in self.approvals))

    @property
    def covered(self) -> Decimal | None:
        """The sum that may be paid: as finance approved it or, without finance, anybody. None without an approval."""
        finance = [approval for approval in self.approvals if approval.role is Role.FINANCE_APPROVER] or self.approvals
        return min(
            (approval.sums.money.amount for approval in finance if approval.sums.money is not None), default=None
        )

    @property
    def to_renew(self) -> tuple[Role, ...]:
        """The role that must approve the rest, where the sum has grown within the tolerance since it approved (R39)."""
        out = self.proposal.funds_out if self.proposal is not None else None
        if out is None or self.missing_approvals or self.covered is None or out.total.amount <= self.covered:
            return ()
        return (least_of(self.approvals).role,)

    def may_renew(self, person: str) -> bool:
        """True if a person may approve the rest beside their own approval: it is in that role, and their one."""
        roles = tuple(approval.role for approval in self.approvals if person in {approval.actor, approval.on_behalf_of})
        return bool(roles) and roles == self.to_renew

    @property
    def is_approved(self) -> bool:
        """True if the quorum is complete now."""
        return self.stage not in _BEFORE_APPROVAL and self.proposal is not None and not self.missing_approvals

    @property
    def people(self) -> tuple[Person, ...]:
        """The people whom the partnership's records may name."""
        return tuple(dict.fromkeys((*people_in(self.proposal), *self.named)))

    @property
    def recused(self) -> frozenset[str]:
        """The people who have a declared interest and take no part."""
        return frozenset(interest.person for interest in self.interests)

    @property
    def tainted(self) -> frozenset[str]:
        """The people who signed the agreement or verified its account, and are recused now."""
        return self.recused & {self.signatory, self.account_verifier}

    @property
    def involved(self) -> frozenset[str]:
        """The people whose clearances of matches do not count here: the proposers and the recused."""
        return frozenset({*self.proposers, *self.recused})

    @property
    def in_question(self) -> frozenset[str]:
        """The people whose names somebody behind a party bears, and of whom nobody has said yet whether it is they."""
        namesakes = self.verification.screening.namesakes if self.verification is not None else ()
        open_namesakes = (namesake for namesake in namesakes if namesake.question not in self.cleared_referrals)
        return frozenset(namesake.staff_id for namesake in open_namesakes) - self.recused

    def filed_by(self, person: str) -> tuple[ConditionId, ...]:
        """Return the conditions whose papers a person put on file."""
        return tuple(condition for condition, filer in self.filed if filer == person)

    def has_part(self, person: str, part: Part) -> bool:
        """True if a person has a part in the current state. A decision that was replaced gives none."""
        match part:
            case Part.PROPOSED:
                return person in self.proposers
            case Part.CLEARED:
                return person == self.verifier or any(person == clearance.actor for clearance in self.cleared_since)
            case Part.APPROVED:
                return any(person == approval.actor for approval in self.approvals)
            case Part.CALLED_BACK:
                return person == self.account_verifier
            case Part.SIGNED:
                return person == self.signatory
            case Part.RELEASED:
                return person in self.payers
            case Part.FILED:
                return bool(self.filed_by(person))
            case Part.HELD:
                return any(person == hold.actor for hold in self.holds)
            case Part.REPORTED:
                return any(person == report.actor for report in self.reporting.filed)
            case Part.ACCEPTED:
                return any(person == report.judged_by for report in self.reporting.filed)
            case Part.LIFTED | Part.OTHER:
                return self.proposal is not None
