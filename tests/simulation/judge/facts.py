"""The ledger's bare rows on a partnership: read here anew, and not by the product's own folding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domain.policy.conditions import CONDITIONS, ConditionId, Gate

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

ENDS: Final = {"PartnershipDeclined", "PartnershipWithdrawn", "PartnershipTerminated", "PartnershipClosed"}
PROPOSALS: Final = {"PartnershipProposed", "ProposalRevised", "ProposalAmended"}
BEFORE_PAYMENT: Final = {Gate.AGREEMENT, Gate.PAYMENT}


class Row(NamedTuple):
    """An event as it stands in the ledger."""

    kind: str
    told: dict[str, Any]
    recorded_at: datetime
    is_forged: bool = False
    """True of what an intruder appended in somebody's name: they never signed it for this place, so it says nothing.

    So does what two guardians set aside.
    """

    @property
    def key_id(self) -> str:
        """The key that it was signed with, '' where nobody signed."""
        signature = self.told.get("signature")
        return str(signature["key_id"]) if signature else ""


class Approval(NamedTuple):
    """Somebody's approval in a role."""

    actor: str
    role: str
    key_id: str
    at: datetime


@dataclass
class Facts:
    """The ledger's rows on a partnership, as far as a payment hangs on them."""

    planned: dict[int, Decimal] = field(default_factory=dict)
    payee: str = ""
    held: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By version: who placed each hold that stands, or the partnership whose it repeats; and its leg, '' for all."""
    waits_for_gift: bool = False
    legs: set[str] = field(default_factory=set)
    ended_legs: set[str] = field(default_factory=set)
    diverted: bool = False
    ended: bool = False
    approvals: list[Approval] = field(default_factory=list)
    """Since the case began, or began anew."""
    recused: set[str] = field(default_factory=set)
    signatory: str = ""
    verifier: str = ""
    found: set[str] = field(default_factory=set)
    """The conditions that the rule book set, at first or at a later look at the registers."""
    asked_alone: set[str] = field(default_factory=set)
    """Those of a later look that a question alone carries: they hold only once somebody cleared it."""
    looked_at: datetime | None = None
    """When somebody looked last."""
    met: set[str] = field(default_factory=set)
    released: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    cancelled: set[tuple[int, int]] = field(default_factory=set)
    left: set[tuple[int, int]] = field(default_factory=set)
    paid: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    """What counts as booked of each attempt."""
    rests: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    """By tranche: who agreed to which rest since its newest attempt began."""
    recalled: dict[int, int] = field(default_factory=dict)
    """By tranche: the attempt whose recall is open."""
    paid_anew: list[tuple[int, int]] = field(default_factory=list)
    """The attempts that were released while a recall was open."""
    rest_of: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    """By attempt at a rest: the people who had agreed to just that sum."""
    came_back: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    """What came back in parts of each attempt; parts make a whole."""
    whole_back: set[tuple[int, int]] = field(default_factory=set)
    """The attempts of which all came back by the bank's word: what people say of that counts no second time."""
    received: Decimal = Decimal(0)
    budget: Any = None
    marks: dict[int, list[int]] = field(default_factory=dict)
    """By milestone: the tranches that wait until an accepted report says that it is done."""
    called_done: dict[int, set[int]] = field(default_factory=dict)
    """By report: the milestones that it calls done."""
    accepted: set[int] = field(default_factory=set)

    @property
    def settled(self) -> set[int]:
        """The tranches of which something counts as paid and did not come back."""
        return {key[0] for key, paid in self.paid.items() if paid > self.came_back.get(key, Decimal(0))}

    def paid_of(self, tranche: int) -> Decimal:
        """Return what counts as paid of a tranche and did not come back."""
        came_back = (back for key, back in self.came_back.items() if key[0] == tranche and key in self.paid)
        return sum((paid for key, paid in self.paid.items() if key[0] == tranche), Decimal(0)) - sum(
            came_back, Decimal(0)
        )

    def held_by(self, tranche: int) -> list[int]:
        """Return the milestones for which a tranche waits, and that no accepted report ever called done."""
        shown: set[int] = set().union(*(self.called_done.get(report, set()) for report in self.accepted))
        return [mark for mark, tranches in self.marks.items() if tranche in tranches and mark not in shown]

    def standing(self, doubted: Mapping[str, datetime]) -> set[str]:
        """Return the roles in which somebody approved whose approval counts now."""
        return {
            one.role
            for one in self.approvals
            if one.actor not in self.recused and not (one.key_id in doubted and one.at >= doubted[one.key_id])
        }

    @property
    def stops_money_out(self) -> bool:
        """True if a hold stands that is not on a gift alone on which nothing depends."""
        beside = {"FUNDS_IN", "NON_MONETARY"} if not self.waits_for_gift else {"NON_MONETARY"}
        return any(leg not in beside for _, leg in self.held.values())

    @property
    def not_on_file(self) -> set[str]:
        """The papers asked for before a payment that nobody has put on file."""
        asked = {one for one in self.found if CONDITIONS[ConditionId(one)].before in BEFORE_PAYMENT}
        return asked - self.met


UNREADABLE: Final = (KeyError, TypeError, AttributeError, ValueError, ArithmeticError)
"""What is raised by an event that is not of its type's form."""


async def rows_of(world: World, stream: str) -> list[Row]:
    """Return a stream's events as they stand in the ledger."""
    found = await world.pool.fetch(
        "SELECT event_type, payload::text, recorded_at, event_id FROM ledger.readable "
        "WHERE stream_id = $1 ORDER BY version",
        stream,
    )
    return [_row(world, one) for one in found]


def _row(world: World, found: Mapping[str, Any]) -> Row:
    told = json.loads(found["payload"])
    is_anothers = found["event_id"] in world.intruded and bool(told.get("signature"))
    forged = is_anothers or found["event_id"] in world.set_aside
    return Row(found["event_type"], told, found["recorded_at"], forged)


async def facts_of(world: World, partnership_id: str) -> Facts:
    """Return the ledger's facts on a partnership."""
    facts = Facts()
    for version, row in enumerate(await rows_of(world, f"partnership/{partnership_id}"), start=1):
        if row.is_forged:
            continue
        with suppress(*UNREADABLE):  # an intruder's: it says nothing, and nothing is paid there until it was judged
            datetime.fromisoformat(row.told["at"])
            if row.kind in PROPOSALS:
                _begin(facts, row)
            _see(facts, row)
            _see_hold(facts, row, version)
            _see_payment(facts, row)
    return facts


def _begin(facts: Facts, row: Row) -> None:
    out = row.told["proposal"].get("funds_out") or {}
    facts.planned = {plan["number"]: Decimal(plan["money"]["amount"]) for plan in out.get("tranches", ())}
    facts.payee = str(out.get("payee", {}).get("name", ""))
    facts.waits_for_gift = bool(out.get("waits_for_gift"))
    facts.legs = {name.upper() for name in ("funds_out", "funds_in", "non_monetary") if row.told["proposal"].get(name)}
    facts.marks = {mark["number"]: mark.get("holds", []) for mark in out.get("milestones", ())}
    if row.kind != "ProposalAmended":
        facts.ended_legs = set()
    elif facts.budget != out.get("budget"):  # whoever approves the work approves its budget anew
        facts.approvals = [one for one in facts.approvals if one.role != "PROGRAMME_APPROVER"]
    facts.budget = out.get("budget")


def _see(facts: Facts, row: Row) -> None:
    told = row.told
    match row.kind:
        case "PartnershipProposed" | "ProposalRevised" | "InformationRequested":
            facts.approvals, facts.found, facts.met, facts.asked_alone = [], set(), set(), set()
        case "ApprovalGiven" if row.key_id:
            facts.approvals.append(Approval(told["actor"], told["role"], row.key_id, row.recorded_at))
        case "LegEnded":
            _end_leg(facts, told)
        case "DiversionReported" | "AssuranceRecorded" if row.key_id:
            facts.diverted = row.kind == "DiversionReported"
        case "InterestDeclared":
            facts.recused.add(told["interest"]["person"])
        case "AgreementSigned" if row.key_id:
            facts.signatory = told["actor"]
        case "ReferralCleared":
            facts.verifier = told["actor"]
        case "RegistersRechecked" | "DueDiligenceCompleted" | "EligibilityAssessed" | "QuestionsCleared":
            _see_look(facts, row)
        case "ConditionMet" if row.key_id:
            facts.met.add(told["condition"])
        case "ReportReceived":
            done = {one["milestone"] for one in told.get("milestones", ()) if one["state"] == "DONE"}
            facts.called_done[len(facts.called_done) + 1] = done
        case "ReportAccepted" if row.key_id:
            facts.accepted.add(told["report"])
        case _:
            facts.ended = facts.ended or row.kind in ENDS


def _see_hold(facts: Facts, row: Row, version: int) -> None:
    """Each hold stands until somebody else lifts it. A hold that repeats another partnership's falls with that one."""
    match row.kind:
        case "HoldPlaced":
            facts.held[version] = str(row.told["actor"]), str(row.told.get("leg") or "")
        case "HeldWithLead":
            facts.held[version] = str(row.told["lead"]), str(row.told.get("leg") or "")
        case "HoldLifted" if row.key_id:
            lifted = [
                at for at in row.told.get("holds", [*facts.held]) if facts.held.get(at, ("",))[0] != row.told["actor"]
            ]
            facts.held = {at: one for at, one in facts.held.items() if at not in lifted}
        case "FreedWithLead":
            gone = [at for at in row.told["holds"] if facts.held.get(at, ("",))[0] == row.told["lead"]]
            facts.held = {at: one for at, one in facts.held.items() if at not in gone}
        case _:
            pass


def _end_leg(facts: Facts, told: Mapping[str, Any]) -> None:
    """A leg is over. If the rest began anew without it, no approval counts."""
    facts.ended_legs.add(told["leg"])
    if told.get("anew"):
        facts.approvals, facts.found, facts.met = [], set(), set()


def _see_look(facts: Facts, row: Row) -> None:
    """What the registers said, and what the rule book made of it."""
    match row.kind:
        case "RegistersRechecked":
            _look_again(facts, row.told["assessment"]["findings"])
            facts.looked_at = row.recorded_at
        case "DueDiligenceCompleted":
            facts.looked_at = row.recorded_at
        case "EligibilityAssessed":
            facts.found, facts.asked_alone = set(_conditions(row.told["assessment"]["findings"])), set()
        case _:
            facts.asked_alone = set() if row.key_id else facts.asked_alone


def _look_again(facts: Facts, findings: Sequence[Mapping[str, Any]]) -> None:
    """What a look asks holds from then on, but for what a question alone carries, and a later look asks no more."""
    questions = [finding for finding in findings if finding["outcome"] == "REFER"]
    firm = set(_conditions([finding for finding in findings if finding["outcome"] != "REFER"]))
    before = facts.found - facts.asked_alone
    facts.asked_alone = set(_conditions(questions)) - firm - before
    facts.found = before | firm | facts.asked_alone


def _conditions(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    return [condition for finding in findings for condition in finding.get("conditions", ())]


def _see_payment(facts: Facts, row: Row) -> None:
    told = row.told
    key = (told.get("tranche", 0), told.get("attempt", 0))
    match row.kind:
        case "TrancheReleased" if row.key_id:
            facts.released[key] = Decimal(told["money"]["amount"])
            facts.paid_anew += [key] if key[0] in facts.recalled else []
            agreed = facts.rests.pop(key[0], {})
            facts.rest_of[key] = {actor for actor, rest in agreed.items() if rest == facts.released[key]}
        case "RestAgreed" if row.key_id:
            facts.rests.setdefault(key[0], {})[told["actor"]] = Decimal(told["remainder"]["amount"])
        case "PaymentCancelled" if row.key_id:
            facts.cancelled.add(key)
        case "TrancheHandedOver":
            facts.left.add(key)
        case "TrancheEnded":
            _end(facts, key, told["outcome"])
            _close_recall(facts, key, told["outcome"])
        case "PaymentRecalled" if row.key_id:
            facts.recalled.setdefault(*key)
        case "RecallAnswered" if row.key_id and told["answer"] == "REFUSED":
            _close_recall(facts, key)
        case "TrancheNeverSent":
            _close_recall(facts, key)
        case "TranchePaidShort":
            facts.paid[key] = facts.paid.get(key, Decimal(0)) + Decimal(told["money"]["amount"])
        case "ContradictionResolved" if told.get("answer"):
            _resolved(facts, told["answer"])
        case "FundsReceived":
            facts.received += Decimal(told["money"]["amount"])
        case _:
            pass


def _end(facts: Facts, key: tuple[int, int], outcome: str) -> None:
    """An attempt has ended: it was booked whole, or all that was booked of it came back, or nothing was."""
    if outcome == "SETTLED":
        facts.paid[key] = facts.released.get(key, facts.planned.get(key[0], Decimal(0)))
    elif outcome == "RETURNED":
        facts.came_back[key] = facts.paid.get(key, Decimal(0))
        facts.whole_back.add(key)
    else:
        facts.paid.pop(key, None)


def _close_recall(facts: Facts, key: tuple[int, int], how: str = "RETURNED") -> None:
    """A recall is over once the bank refused it, or its payment came back, or was rejected, or never left."""
    if how in {"RETURNED", "REJECTED"} and facts.recalled.get(key[0]) == key[1]:
        facts.recalled.pop(key[0])


def _resolved(facts: Facts, answer: Mapping[str, Any]) -> None:
    """People's word on what counts."""
    amount = Decimal(answer["money"]["amount"])
    key = answer["tranche"], answer["attempt"]
    _close_recall(facts, key, answer["status"])
    match answer["status"]:
        case "RECEIVED":
            facts.received += amount
        case "SETTLED":
            whole = facts.released.get(key, amount)
            facts.paid[key] = min(whole, facts.paid.get(key, Decimal(0)) + amount)
        case "REJECTED":
            facts.paid.pop(key, None)
        case "RETURNED" if key not in facts.whole_back:
            facts.came_back[key] = facts.came_back.get(key, Decimal(0)) + amount
        case _:
            pass
