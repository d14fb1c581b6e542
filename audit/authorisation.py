"""The third gate: is this very payment authorised, by the ledger's word alone, before its file is written?

Nothing here asks `decide`, `evolve` or a workflow. It walks the partnership's events, verifies each signature with the
key that was in force at that position, and counts approvals itself; a worker that was tampered with does not get past.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from activities.contracts import RecordedEvent
from activities.directory import Registrar
from activities.reading import from_ledger
from domain import events as e
from domain.amendment import ANEW, changes_between, falls
from domain.directory import Directory
from domain.errors import ThresholdUnknown
from domain.identity import partnership_workflow_id
from domain.parties import AccountReference
from domain.proofs import ACTS, event_fault
from domain.proposal import Proposal
from domain.tiers import HouseRules, Role, missing, quorum_of
from domain.values import Money
from ledger import Ledger
from payments.instructions import Instruction
from signatures.ed25519 import verified


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
    proposers: set[str] = field(default_factory=set)
    verifier: str = ""
    verifier_for: str = ""
    approvals: list[Given] = field(default_factory=list)
    account: AccountReference | None = None
    signatory: str = ""
    recused: set[str] = field(default_factory=set)
    on_hold: bool = False
    paid: bool = False
    rules: HouseRules | None = None
    """The tiers in force when the newest approval was given, or the sum was changed."""

    def see(self, event: Any, directory: Directory) -> None:
        """Take an event into account."""
        if isinstance(event, e.ApprovalGiven | e.ReferralCleared | e.ProposalAmended):
            self.rules = directory.rules
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                self._begin(event)
                self.recused |= {interest.person for interest in event.proposal.interests}
            case e.ProposalAmended():
                self._amended(event)
            case e.InformationRequested():
                self.approvals = []
            case e.EligibilityAssessed():
                self.verifier = ""
            case e.ReferralCleared():
                self.verifier, self.verifier_for = event.actor, event.on_behalf_of
            case e.ApprovalGiven():
                money = self.proposal.money if self.proposal else None
                self.approvals.append(Given(event.actor, event.role, event.on_behalf_of, money))
            case e.InterestDeclared():
                self._without(event.interest.person)
            case e.AgreementSigned():
                self._agreed(event)
            case e.TrancheReleased():
                self.paid = True
            case e.HoldPlaced() | e.HoldLifted():
                self.on_hold = isinstance(event, e.HoldPlaced)
            case _:
                pass

    def _begin(self, event: e.PartnershipProposed | e.ProposalRevised | e.ProposalAmended) -> None:
        self.proposal, self.verifier, self.verifier_for, self.approvals = event.proposal, "", "", []
        self.account, self.signatory = self.account if self.paid else None, ""
        self.proposers.add(event.actor)

    def _amended(self, event: e.ProposalAmended) -> None:
        before = self.proposal
        changes = changes_between(before, event.proposal) if before else ()
        money = event.proposal.money
        if not ANEW.isdisjoint(changes):
            return self._begin(event)
        standing = (one for one in self.approvals if not falls(one.role, one.money, changes, money))
        self.approvals = [one for one in standing if event.actor not in {one.actor, one.on_behalf_of}]
        self.proposal = event.proposal
        self.proposers.add(event.actor)
        return None

    def _without(self, person: str) -> None:
        self.recused.add(person)
        self.approvals = [one for one in self.approvals if person not in {one.actor, one.on_behalf_of}]
        self.verifier = "" if self.verifier == person else self.verifier

    def _agreed(self, event: e.AgreementSigned) -> None:
        if self.account is not None and self.account != event.account:
            self.approvals = [one for one in self.approvals if one.role is not Role.FINANCE_APPROVER]
        self.account, self.signatory = event.account, event.actor


class Gate:
    """Asks the ledger of each instruction whether it is authorised."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._registrar = Registrar(ledger)

    async def __call__(self, instruction: Instruction) -> str:
        """Return why a payment is not authorised, or nothing."""
        stored = await self._ledger.read_stream(partnership_workflow_id(instruction.partnership_id))
        history = [from_ledger(event) for event in stored]
        times = await self._registrar.directories()
        walk = Walk()
        for recorded in history:
            event: Any = recorded.event
            directory = times.at(recorded.position)
            if fault := _forged(recorded, instruction.partnership_id, directory):
                return fault
            if _is_release(event, instruction):
                return await self._release_fault(walk, event, instruction)
            walk.see(event, directory)
        return f"the ledger holds no release of tranche {instruction.tranche}, attempt {instruction.attempt}"

    async def _release_fault(self, walk: Walk, release: e.TrancheReleased, instruction: Instruction) -> str:
        if walk.account is None:
            return "no agreement names an account"
        standing = await self._registrar.standing(walk.account.reference)
        caller = standing.confirmed_by if standing is not None and standing.account == walk.account else ""
        return (
            _money_fault(walk, release, instruction)
            or ("" if caller else "nobody called back to verify the account")
            or _people_fault(walk, release, caller)
            or _quorum_fault(walk)
        )


def _forged(recorded: RecordedEvent, partnership_id: str, directory: Directory) -> str:
    event: Any = recorded.event
    if type(event) not in ACTS or event.actor == e.ACCORD:
        return ""
    fault = event_fault(event, partnership_id, directory, verified)
    return f"version {recorded.version}, {event.event_type}: {fault}" if fault else ""


def _is_release(event: Any, instruction: Instruction) -> bool:
    wanted = (instruction.tranche, instruction.attempt)
    return isinstance(event, e.TrancheReleased) and (event.tranche, event.attempt) == wanted


def _money_fault(walk: Walk, release: e.TrancheReleased, instruction: Instruction) -> str:
    out = walk.proposal.funds_out if walk.proposal else None
    if out is None:
        return "no money goes out in this partnership"
    planned = {plan.number: plan.money for plan in out.tranches}
    faults = {
        "it was released while on hold": walk.on_hold,
        f"the sum is not the {planned.get(release.tranche)} that were approved": not (
            planned.get(release.tranche) == release.money == instruction.money
        ),
        "the account is not the one that the agreement names": instruction.creditor_account != walk.account,
        "the payee is not the one that was approved": instruction.creditor_name != out.payee.name,
    }
    return next((words for words, true in faults.items() if true), "")


def _people_fault(walk: Walk, release: e.TrancheReleased, caller: str) -> str:
    approvers = {name for one in walk.approvals for name in (one.actor, one.on_behalf_of)} - {""}
    deciders = {*walk.proposers, walk.verifier, walk.verifier_for, walk.signatory, *approvers}
    actors = [one.actor for one in walk.approvals]
    faults = {
        f"{release.actor} pays and has another part in it": release.actor in {*deciders, caller},
        "a proposer approved it": not walk.proposers.isdisjoint(approvers),
        "whoever cleared the referral approved it": not approvers.isdisjoint({walk.verifier, walk.verifier_for} - {""}),
        "one person approved twice": len(set(actors)) != len(actors),
        f"{caller} verified the account and has another part in it": caller in deciders,
        "somebody with an interest took part": not walk.recused.isdisjoint({*approvers, release.actor, walk.verifier}),
    }
    return next((words for words, true in faults.items() if true), "")


def _quorum_fault(walk: Walk) -> str:
    money = walk.proposal.money if walk.proposal else None
    try:
        quorum = quorum_of(money, walk.rules, elevated=bool(walk.verifier))
    except ThresholdUnknown as fault:
        return str(fault)
    left = missing(quorum, tuple(one.role for one in walk.approvals))
    return f"approvals are missing: {', '.join(left)}" if left else ""
