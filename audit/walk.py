"""What a partnership's events say, one by one, as far as a payment rests on it: read by the audit alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from domain import events as e
from domain.amendment import ANEW, changes_between, falls
from domain.deadlines import after_business_days
from domain.directory import Directory
from domain.grants import Regrant
from domain.parties import AccountReference
from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.findings import Assessment
from domain.proposal import Proposal
from domain.signing import Terms, content_digest
from domain.tiers import HouseRules, Role
from domain.values import Moment, Money

ENDS = (e.PartnershipDeclined, e.PartnershipWithdrawn, e.PartnershipTerminated, e.PartnershipClosed)


class Given(NamedTuple):
    """An approval that the walk has seen and that stands."""

    actor: str
    role: Role
    on_behalf_of: str
    money: Money | None


@dataclass
class Walk:
    """What has been seen of a partnership so far."""

    proposal: Proposal | None = None
    debtor: str = ""
    """The funder's own account, as the directory had it when the proposal was recorded."""
    assessed: Assessment | None = None
    proposers: set[str] = field(default_factory=set)
    verifier: str = ""
    verifier_for: str = ""
    approvals: list[Given] = field(default_factory=list)
    account: AccountReference | None = None
    payable_from: Moment | None = None
    signatory: str = ""
    recused: set[str] = field(default_factory=set)
    met: set[ConditionId] = field(default_factory=set)
    diverted: bool = False
    on_hold: bool = False
    escalated: bool = False
    active: bool = False
    paid: bool = False
    ended: bool = False
    commands: set[UUID] = field(default_factory=set)
    """The signed decisions that were seen; none of them counts twice."""
    now: Moment | None = None
    """When the newest event was recorded: nobody's own word, unlike the time of a decision."""
    rules: HouseRules | None = None
    """The tiers in force when the newest approval was given, or the sum was changed."""

    @property
    def money(self) -> Money | None:
        """The sum that is decided on."""
        return self.proposal.money if self.proposal else None

    @property
    def approvers(self) -> set[str]:
        """Everybody who approved, lenders of roles included."""
        return {name for one in self.approvals for name in (one.actor, one.on_behalf_of)} - {""}

    @property
    def missing_papers(self) -> list[ConditionId]:
        """What had to be on file before a payment and is not."""
        asked = self.assessed.conditions if self.assessed else ()
        before = {Gate.AGREEMENT, Gate.PAYMENT}
        return [one for one in asked if CONDITIONS[one].before in before and one not in self.met]

    @property
    def terms(self) -> Terms | None:
        """What a person who decides now must have been shown."""
        if self.proposal is None:
            return None
        out = self.proposal.funds_out
        return Terms(
            amount=self.proposal.money,
            payee=out.payee.name if out else self.proposal.partner.name,
            funder=self.proposal.legs[0].funder,
            purpose_sha256=content_digest({"purpose": out.purpose if out else ""}),
            account_sha256=self.account.sha256 if self.account else None,
            determination_sha256=content_digest(self.proposal.public_interest.model_dump(mode="json")),
            rule_book=self.assessed.rule_book if self.assessed else "",
        )

    def see(self, event: Any, directory: Directory) -> None:
        """Take an event into account."""
        if signature := getattr(event, "signature", None):
            self.commands.add(signature.statement.command_id)
        if isinstance(event, e.ApprovalGiven | e.ReferralCleared | e.ProposalAmended | e.EligibilityAssessed):
            self.rules = directory.rules
        self.ended = self.ended or isinstance(event, ENDS)
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                self._begin(event, directory)
                self.recused |= {interest.person for interest in event.proposal.interests}
            case e.ProposalAmended():
                self._amended(event, directory)
            case e.EligibilityAssessed():
                self.assessed, self.verifier, self.verifier_for = event.assessment, "", ""
            case e.AgreementSigned():
                self._agreed(event, directory)
            case e.InterestDeclared():
                self._without(event.interest.person)
            case e.SubrecipientsReported():
                self._regranted(event)
            case _:
                self._see_decision(event)

    def _see_decision(self, event: Any) -> None:
        match event:
            case e.InformationRequested():
                self.approvals = []
            case e.ReferralCleared():
                self.verifier, self.verifier_for = event.actor, event.on_behalf_of
            case e.ApprovalGiven():
                self.approvals.append(Given(event.actor, event.role, event.on_behalf_of, self.money))
            case e.ConditionMet():
                self.met.add(event.condition)
            case e.TrancheReleased():
                self.paid = True
            case e.DeadlineSet() | e.DeadlineEscalated():
                self.escalated = isinstance(event, e.DeadlineEscalated)
            case e.HoldPlaced() | e.HoldLifted():
                self.on_hold, self.escalated = isinstance(event, e.HoldPlaced), False
            case e.DiversionReported() | e.AssuranceRecorded():
                self.diverted = isinstance(event, e.DiversionReported)
            case _:
                pass

    def _begin(self, event: Any, directory: Directory) -> None:
        """Everything begins anew; an account that was paid to is remembered, since another one is a change of it."""
        self.proposal = event.proposal
        self._take_debtor(directory)
        self.assessed, self.verifier, self.verifier_for = None, "", ""
        self.approvals, self.met = [], set()
        self.account = self.account if self.paid else None
        self.payable_from = self.payable_from if self.paid else None
        self.signatory, self.active, self.escalated = "", False, False
        self.proposers.add(event.actor)

    def _amended(self, event: e.ProposalAmended, directory: Directory) -> None:
        changes = changes_between(self.proposal, event.proposal) if self.proposal else ()
        if not ANEW.isdisjoint(changes):
            return self._begin(event, directory)
        standing = (one for one in self.approvals if not falls(one.role, one.money, changes, event.proposal.money))
        self.approvals = [one for one in standing if event.actor not in {one.actor, one.on_behalf_of}]
        self.proposal = event.proposal
        self._take_debtor(directory)
        self.proposers.add(event.actor)
        return None

    def _take_debtor(self, directory: Directory) -> None:
        funder = directory.funder(self.proposal.legs[0].funder) if self.proposal else None
        self.debtor = funder.account if funder else ""

    def _regranted(self, event: e.SubrecipientsReported) -> None:
        out = self.proposal.funds_out if self.proposal else None
        if self.proposal is None or out is None:
            return
        known = out.regrant or Regrant(subrecipients=event.subrecipients, payee_selects=True, covenant=False)
        regrant = known.model_copy(update={"subrecipients": event.subrecipients})
        leg = out.model_copy(update={"regrant": regrant})
        self.proposal = self.proposal.model_copy(update={"funds_out": leg})

    def _without(self, person: str) -> None:
        self.recused.add(person)
        self.approvals = [one for one in self.approvals if person not in {one.actor, one.on_behalf_of}]
        if not self.active or person in {self.verifier, self.verifier_for}:
            self.assessed, self.escalated, self.active = None, False, False
            self.verifier, self.verifier_for = "", ""

    def _agreed(self, event: e.AgreementSigned, directory: Directory) -> None:
        """A changed account is a new question to finance, and is paid to after its cooling-off time."""
        if self.account is not None and self.account != event.account:
            self.approvals = [one for one in self.approvals if one.role is not Role.FINANCE_APPROVER]
            days = directory.rules.cooling_off_days if directory.rules else 0
            self.payable_from = after_business_days(max(event.at, self.now or event.at), days)
        self.account, self.signatory, self.active, self.escalated = event.account, event.actor, True, False
