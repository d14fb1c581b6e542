"""The third gate: is this very payment authorised, by the ledger's word alone, before its file is written?

Nothing here asks `decide`, `evolve` or a workflow. It walks the partnership's events, verifies each signature with the
key that was in force at that position, and counts approvals itself; a worker that was tampered with does not get past.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from activities.contracts import RecordedEvent
from activities.directory import Registrar
from activities.reading import from_ledger
from audit.capacities import capacity_fault
from audit.walk import Walk
from domain import events as e
from domain.directory import Directory
from domain.errors import ThresholdUnknown
from domain.identity import partnership_workflow_id, tranche_workflow_id
from domain.policy.findings import Outcome
from domain.proofs import ACTS, event_fault
from domain.tiers import missing, quorum_of
from domain.tranche import PaymentInstructed, PaymentRejected, PaymentSettled, PaymentWithheld
from ledger import Ledger
from payments.instructions import Instruction
from signatures.ed25519 import verified

ENDED = (PaymentWithheld, PaymentRejected, PaymentSettled)
"""How an attempt to pay ends."""

BOUND_TO_WHAT_WAS_SHOWN = (e.ReferralCleared, e.ApprovalGiven, e.AgreementSigned, e.TrancheReleased)
"""Decisions that lead to a payment: each was taken on the very terms that stood."""


class Gate:
    """Asks the ledger of each instruction whether it is authorised."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._registrar = Registrar(ledger)

    async def __call__(self, instruction: Instruction) -> str:
        """Return why a payment is not authorised, or nothing."""
        if fault := await self._attempt_fault(instruction):
            return fault
        stored = await self._ledger.read_stream(partnership_workflow_id(instruction.partnership_id))
        times, walk = await self._registrar.directories(), Walk()
        for one in stored:
            recorded, event = from_ledger(one), cast(Any, from_ledger(one).event)
            directory = times.at(recorded.position)
            if fault := _decision_fault(walk, recorded, instruction.partnership_id, directory, json.loads(one.payload)):
                return f"version {recorded.version}, {event.event_type}: {fault}"
            walk.now = one.recorded_at
            if _is_release(event, instruction):
                return await self._release_fault(walk, event, instruction)
            walk.see(event, directory)
        return f"the ledger holds no release of tranche {instruction.tranche}, attempt {instruction.attempt}"

    async def _attempt_fault(self, instruction: Instruction) -> str:
        """An attempt that has ended pays nothing any more, and one that was instructed pays that and nothing else."""
        stream = tranche_workflow_id(instruction.partnership_id, instruction.tranche, instruction.attempt)
        events = [from_ledger(stored).event for stored in await self._ledger.read_stream(stream)]
        if any(isinstance(event, ENDED) for event in events):
            return "this attempt to pay has ended already"
        sha256 = hashlib.sha256(instruction.frozen()).hexdigest()
        told = {event.instruction_sha256 for event in events if isinstance(event, PaymentInstructed)}
        return "" if told <= {sha256} else "its own stream records another instruction"

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
            or _rules_fault(walk)
        )


def _decision_fault(
    walk: Walk, recorded: RecordedEvent, partnership_id: str, directory: Directory, payload: dict[str, Any]
) -> str:
    """Why what bears a person's name is not her decision, or not one that she could take, or not on these terms."""
    event: Any = recorded.event
    if type(event) not in ACTS or event.actor == e.ACCORD:
        return ""
    if fault := event_fault(event, partnership_id, directory, verified, payload):
        return fault
    said = event.signature.statement
    if said.command_id != recorded.command_id or said.command_id in walk.commands:
        return "the signature was given for another command, or counts already"
    if fault := capacity_fault(walk, recorded, directory):
        return fault
    shown = said.shown.terms if said.shown is not None else None
    if isinstance(event, BOUND_TO_WHAT_WAS_SHOWN) and shown != walk.terms:
        return f"{event.actor} was shown other terms than those that stood"
    return ""


def _is_release(event: Any, instruction: Instruction) -> bool:
    wanted = (instruction.tranche, instruction.attempt)
    return isinstance(event, e.TrancheReleased) and (event.tranche, event.attempt) == wanted


def _first(faults: dict[str, bool]) -> str:
    return next((words for words, true in faults.items() if true), "")


def _money_fault(walk: Walk, release: e.TrancheReleased, instruction: Instruction) -> str:
    out = walk.proposal.funds_out if walk.proposal else None
    if out is None:
        return "no money goes out in this partnership"
    planned = {plan.number: plan.money for plan in out.tranches}
    return _first(
        {
            "the partnership had ended": walk.ended,
            "it was released while on hold": walk.on_hold,
            "money was diverted, and no assurance is on record": walk.diverted,
            f"the sum is not the {planned.get(release.tranche)} that were approved": not (
                planned.get(release.tranche) == release.money == instruction.money
            ),
            "the account is not the one that the agreement names": instruction.creditor_account != walk.account,
            "the payee is not the one that was approved": instruction.creditor_name != out.payee.name,
            "another funder's account would pay": instruction.debtor_account.reference != walk.debtor,
            "the account changed, and its cooling-off time was not over": (
                walk.payable_from is not None and min(release.at, walk.now or release.at) < walk.payable_from
            ),
        }
    )


def _people_fault(walk: Walk, release: e.TrancheReleased, caller: str) -> str:
    approvers, actors = walk.approvers, [one.actor for one in walk.approvals]
    verifiers = {walk.verifier, walk.verifier_for} - {""}
    deciders = {*walk.proposers, *verifiers, walk.signatory, *approvers}
    took_part = {*verifiers, *approvers, release.actor, walk.signatory, caller}
    return _first(
        {
            f"{release.actor} pays and has another part in it": release.actor in {*deciders, caller},
            "a proposer approved it": not walk.proposers.isdisjoint(approvers),
            "a proposer cleared the referral": not walk.proposers.isdisjoint(verifiers),
            "whoever cleared the referral approved it": not verifiers.isdisjoint(approvers),
            "one person approved twice": len(set(actors)) != len(actors),
            f"{caller} verified the account and has another part in it": caller in deciders,
            "somebody with an interest took part": not walk.recused.isdisjoint(took_part),
        }
    )


def _rules_fault(walk: Walk) -> str:
    if walk.assessed is None:
        return "the rule book never spoke on it"
    papers = ", ".join(walk.missing_papers)
    return _first(
        {
            "the rule book refuses it": walk.assessed.outcome is Outcome.FAIL,
            "nobody cleared what the rule book referred": (
                walk.assessed.outcome is Outcome.REFER and not walk.verifier
            ),
            f"not on file: {papers}": bool(papers),
        }
    )


def _quorum_fault(walk: Walk) -> str:
    try:
        quorum = quorum_of(walk.money, walk.rules, elevated=bool(walk.verifier))
    except ThresholdUnknown as fault:
        return str(fault)
    left = missing(quorum, tuple(one.role for one in walk.approvals))
    return f"approvals are missing: {', '.join(left)}" if left else ""
