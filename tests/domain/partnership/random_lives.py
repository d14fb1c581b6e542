"""Random lives of a partnership: a small staff where everybody holds every role, lends it, and asks for anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from domain.directory.directory import Capacity
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.circumstances import Authority
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.clock import open_deadline
from domain.payment.bank_answers import ExceptionKind
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId, Gate
from domain.policy.findings import Outcome
from domain.proposal import Direction, Proposal
from domain.values import Money
from tests.builders import ACCOUNT, company, funds_in, funds_out, party
from tests.domain.partnership import specification as s
from tests.thoroughness import draws

LEGS: list[dict[str, Any]] = [
    {"funds_out": funds_out("100.00", "200.00")},
    {"funds_out": funds_out("100.00", final_report=False), "funds_in": funds_in("5000.00")},
    s.NON_MONETARY,
    {"funds_out": funds_out("99000.00", "500.00", "100.00")},
]
OUTCOMES = [TrancheOutcome.SETTLED, TrancheOutcome.REJECTED, TrancheOutcome.RETURNED, TrancheOutcome.WITHHELD]
FATES = [TrancheOutcome.SETTLED, TrancheOutcome.REJECTED]
WEIGHTS = [Outcome.PASS, Outcome.REFER, Outcome.CONDITION, Outcome.FAIL]
PAPERS = [ConditionId.PRE_GRANT_INQUIRY, ConditionId.WRITTEN_COMMITMENT, ConditionId.CONFLICT_MINUTES]
CONTRADICTIONS = [
    ExceptionKind.SECOND_BOOKING,
    ExceptionKind.CONTRADICTION,
    ExceptionKind.PARTIAL_RETURN,
    ExceptionKind.UNEXPECTED_RECEIPT,
]
FALLS = [Part.APPROVED, Part.CLEARED, Part.SIGNED, Part.CALLED_BACK]
STAFF = [*s.EVERYBODY]
CROWD = [*STAFF, *STAFF, *STAFF, *s.PEOPLE, "nobody.known"]


class Move(NamedTuple):
    """Somebody asks for something. `other` is another person: a lender, an account's verifier, the recused."""

    kind: str
    who: str
    other: str
    n: int


class Life(NamedTuple):
    """The requests of a life, and every state from before the proposal on."""

    made: list[Move]
    told: list[s.Story]


STAFF_COMMANDS: dict[str, Callable[[Move], c.AnyCommand]] = {
    "propose": lambda m: s.propose(m.who, **LEGS[m.n]),
    "revise": lambda m: s.revise(m.who, **LEGS[m.n]),
    "approve": lambda m: s.approve(m.who),
    "decline": lambda m: s.decline(m.who),
    "ask": lambda m: s.ask(m.who),
    "end_leg": lambda m: s.end_leg(tuple(Direction)[m.n % 3], m.who),
    "extend": lambda m: s.extend(m.who),
    "withdraw": lambda m: s.withdraw(m.who),
    "sign": lambda m: s.sign(m.who, _account(m.n)),
    "release": lambda m: s.release(m.n + 1, m.who),
    "cancel": lambda m: s.cancel(1 + m.n % 2, m.who, attempt=1 + m.n // 2),
    "report": lambda m: s.report(m.who, (ReportKind.PROGRESS, ReportKind.FINAL)[m.n > 1]),
    "accept": lambda m: s.accept(1 + m.n, m.who),
    "return": lambda m: s.send_back(1 + m.n, m.who),
    "clear": lambda m: s.clear(actor=m.who),
    "refund": lambda m: s.refund("10.00", f"BANK-{m.n}", actor=m.who),
    "confirm_refund": lambda m: s.confirm_refund(f"BANK-{m.n}", m.who),
    "withdraw_refund": lambda m: s.withdraw_refund(f"BANK-{m.n}", m.who),
    "hold": lambda m: s.hold(m.who),
    "lift": lambda m: s.lift(m.who),
    "terminate": lambda m: s.terminate(m.who),
    "satisfy": lambda m: s.satisfy(PAPERS[m.n % 3], m.who),
    "declare": lambda m: s.declare(m.who if m.n else m.other, m.who),
    "subrecipients": lambda m: s.report_subrecipients(company() if m.n == 3 else party("Village Circle"), actor=m.who),
    "divert": lambda m: s.divert(m.who),
    "assure": lambda m: s.assure(m.who),
    "comment": lambda m: s.comment(m.who),
    "assign": lambda m: s.assign(m.other if m.n else None, m.who),
}
REPORTS: dict[str, Callable[[Move], c.AnyCommand]] = {
    "verify": lambda m: s.verify(),
    "assess": lambda m: s.assess(WEIGHTS[m.n]),
    "receipt": lambda m: s.receipt("2500.00"),
    "refuse": lambda m: s.refuse(),
    "hand_over": lambda m: s.hand_over(1 + m.n % 2, 1 + m.n // 2),
    "never_sent": lambda m: s.never_sent(1 + m.n % 2, 1 + m.n // 2),
    "contradict": lambda m: s.contradict(CONTRADICTIONS[m.n], f"EX-{m.n}"),
    "resolve": lambda m: s.resolve(f"EX-{m.n}"),
    "fall": lambda m: s.fall(m.other, FALLS[m.n]),
    "recheck": lambda m: s.recheck(WEIGHTS[m.n], PAPERS[m.n % 3]),
    "ended": lambda m: s.ended(OUTCOMES[m.n], tranche=1 + m.n % 2, attempt=1 + m.n // 2),
}
COMMON = ["propose", "approve", "approve", "sign", "release", "release", "ask", "report", "hold", "lift", "amend"]
SELDOM = ["amend", "declare", "satisfy", "subrecipients", "deadline", "refuse", "divert", "assure"]
REMARKS = ["comment", "assign", "assign"]
AT_THE_BANK = ["cancel", "hand_over", "never_sent", "contradict", "resolve", "fall", "recheck"]
RARE = ["decline", "withdraw", "terminate"]


def _account(n: int) -> Any:
    return (ACCOUNT, ACCOUNT, None, s.OTHER_ACCOUNT)[n]


KINDS = [*COMMON, *SELDOM, *REMARKS, *AT_THE_BANK, *RARE, *["next"] * 60]
ANYTHING = [*STAFF_COMMANDS, *REPORTS, "amend", "deadline", *["next"] * 12]


def moves(kinds: list[str], most: int) -> st.SearchStrategy[list[Move]]:
    move = st.builds(Move, st.sampled_from(kinds), st.sampled_from(CROWD), st.sampled_from(STAFF), st.integers(0, 3))
    return st.lists(move, max_size=most)


lives = moves(KINDS, 60)
anything = moves(ANYTHING, 40)
quick = settings(
    max_examples=30,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
)


def asked(story: s.Story, move: Move) -> c.AnyCommand:
    """The command of a move."""
    known = story.partnership
    if move.kind in RARE and move.n:
        return _next(known, move._replace(who=_somebody(known, move)))
    if move.kind == "amend":
        return _amendment(known, move)
    if move.kind == "deadline":
        return _time_passes(known)
    for table in (STAFF_COMMANDS, REPORTS):
        if move.kind in table:
            return table[move.kind](move)
    return _next(known, move._replace(who=_somebody(known, move)))


def said_of(command: c.AnyCommand, move: Move) -> Authority:
    """The directory's answer: now and then she acts in roles that were lent to her alone."""
    known = s.authority_of(command)
    if known.member is None:
        return known
    update: dict[str, Any] = {}
    if known.account is not None:
        update["account"] = s.called_back(known.account.account, move.other)
    if move.n == 1 and move.who in STAFF and move.other != move.who:
        update["capacities"] = tuple(Capacity(role=role, on_behalf_of=move.other) for role in Role)
    return known.model_copy(update=update)


def play(made: list[Move]) -> list[s.Story]:
    """Every state of a life, from before the proposal on. Half a day passes with every move."""
    told = [s.given()]
    for step, move in enumerate(made):
        command = asked(told[-1], move)
        if isinstance(command, c.StaffCommand):
            command = s.after(step / 2, command)
        told.append(told[-1].when(command, said_of(command, move)))
    return told


LIVES = 200


@cache
def many_lives(kinds: str, count: int) -> list[list[Move]]:
    """So many long lives, the same in every run: even chance goes further than Hypothesis, which shrinks better."""
    chance = Random(20261102)  # noqa: S311
    among = KINDS if kinds == "lives" else ANYTHING
    return [
        [
            Move(chance.choice(among), chance.choice(CROWD), chance.choice(STAFF), chance.randrange(4))
            for _ in range(chance.randint(40, 80))
        ]
        for _ in range(count)
    ]


@cache
def many_told(kinds: str = "lives", count: int = draws(LIVES)) -> list[Life]:
    """The outcomes of the moves."""
    return [lived(made) for made in many_lives(kinds, count)]


def lived(made: list[Move]) -> Life:
    return Life(made, play(made))


def shortest(made: list[Move], check: Callable[[Life], None]) -> list[Move]:
    """Leave out every move without which the check still fails."""
    left = list(made)
    for at in reversed(range(len(made))):
        fewer = left[:at] + left[at + 1 :]
        if _fails(fewer, check):
            left = fewer
    return left


def _fails(made: list[Move], check: Callable[[Life], None]) -> bool:
    try:
        check(lived(made))
    except AssertionError:
        return True
    return False


def parts(known: Partnership) -> list[frozenset[str]]:
    """The parts that people have in what stands: to propose, to verify, each approval, to verify the account."""
    approvals = [frozenset({one.actor, one.on_behalf_of} - {""}) for one in known.approvals]
    singles = [frozenset({one} - {""}) for one in (known.verifier, known.account_verifier)]
    return [frozenset(known.proposers), *singles, *approvals]


def _somebody(known: Partnership, move: Move) -> str:
    """Mostly somebody who has no part in it yet, so that lives go on, and now and then anybody."""
    if move.n == 3 or move.who not in STAFF:
        return move.who
    busy = frozenset[str]().union(*parts(known)) | known.recused
    start = STAFF.index(move.who)
    return next((name for name in (*STAFF[start:], *STAFF[:start]) if name not in busy), move.who)


def _time_passes(known: Partnership) -> c.AnyCommand:
    deadline = open_deadline(known)
    if deadline is None:
        return s.deadline()
    return s.deadline(wait=deadline.wait).model_copy(update={"at": deadline.next_at})


def _amendment(known: Partnership, move: Move) -> c.AnyCommand:
    if known.proposal is None:
        return s.amend(move.who)
    changed = _changed(known.proposal, known, move.n)
    return s.amend(move.who).model_copy(update={"proposal": changed})


def _changed(proposal: Proposal, known: Partnership, n: int) -> Proposal:
    out = proposal.funds_out
    if n == 0 or out is None:
        return proposal.model_copy(update={"title": proposal.title + " again"})
    if n == 1:
        return _grown(proposal, known)
    update = {"purpose": out.purpose + " anew"} if n == 2 else {"alignment": f"Aligned at {known.version}"}
    return proposal.model_copy(update={"funds_out": out.model_copy(update=update)})


def _grown(proposal: Proposal, known: Partnership) -> Proposal:
    """The last tranche grows, by more than a tenth or by less."""
    out = proposal.funds_out
    assert out is not None
    last = out.tranches[-1]
    more = last.money.amount + (5 if known.version % 2 else 50)
    grown = last.model_copy(update={"money": Money(amount=more, currency=last.money.currency)})
    return proposal.model_copy(update={"funds_out": out.model_copy(update={"tranches": (*out.tranches[:-1], grown)})})


def _next(known: Partnership, move: Move) -> c.AnyCommand:
    """The workflow's next report, or the attempt of somebody who wants to get on."""
    match known.stage:
        case _ if known.hold:
            return _towards_the_lift(known, move)
        case Stage.DUE_DILIGENCE:
            return s.verify()
        case Stage.ELIGIBILITY if known.assessment is None:
            return s.assess(WEIGHTS[move.n % 3])
        case Stage.ELIGIBILITY | Stage.APPROVAL:
            return s.approve(move.who)
        case Stage.AGREEMENT:
            return s.sign(move.who, ACCOUNT if known.proposed.funds_out else None)
        case Stage.ACTIVE:
            return _next_payment(known, move)
        case _:
            return (s.revise if known.is_asked else s.propose)(move.who, **LEGS[move.n])


def _towards_the_lift(known: Partnership, move: Move) -> c.AnyCommand:
    if known.responsibility.diverted:
        return s.assure_all(known, move.who)
    names = {s.contradict(name=name).exception_id: name for name in ("EX-0", "EX-1", "EX-2")}
    if known.contradictions:
        return s.resolve(names[known.contradictions[0]])
    return s.lift(move.who)


def _next_payment(known: Partnership, move: Move) -> c.AnyCommand:
    released = [t for t in known.tranches if t.state is TrancheState.RELEASED]
    if released:
        waits = (released[0].number, released[0].attempt)
        return s.hand_over(*waits) if move.n else s.cancel(waits[0], move.who, waits[1])
    left = [t for t in known.tranches if t.state is TrancheState.HANDED_OVER]
    if left:
        which = (left[0].number, left[0].attempt)
        return s.never_sent(*which) if move.n == 3 else s.ended(FATES[move.n % 2], *which)
    if papers := known.open_conditions(Gate.AGREEMENT, Gate.PAYMENT):
        return s.satisfy(papers[0], move.who)
    if known.missing_approvals:
        return s.approve(move.who)
    failed = [t for t in known.tranches if t.state is TrancheState.REJECTED]
    if failed and move.n == 2:
        return s.sign(move.who, s.OTHER_ACCOUNT)
    settled = [t for t in known.tranches if t.state is TrancheState.SETTLED]
    if settled and move.n == 3:
        return s.ended(TrancheOutcome.RETURNED, settled[0].number, settled[0].attempt)
    return s.receipt("2500.00") if move.n == 2 else s.release(1 + len(settled), move.who)
