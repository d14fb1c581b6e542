"""The law of Next: what is offered to somebody is not refused to them (issue 33). Tried in every state of random lives.

Whoever is awaited is new to the partnership, in one of the roles that it names: an organisation may have to hire them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any

import pytest

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.circumstances import Authority
from domain.partnership.procedure import PROCEDURE
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.report.reports import Figures
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.outlook import Outlook, outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.proposal import Direction
from tests.builders import ACCOUNT, NOON, authority, company, funds_out, money, party
from tests.domain.partnership import specification as s
from tests.domain.partnership.ending.test_reopening import came_back, closed, told_by_the_bank
from tests.domain.partnership.random_lives import CROWD, KINDS, STAFF, Move, play
from tests.domain.partnership.waiting.test_outlook import WHO
from tests.domain.partnership.way_on import again
from tests.thoroughness import THOROUGH

_hired = count(1)
LIVES, AT_ONCE = (240 if THOROUGH else 60), 30
_DAY = re.compile(r"from (\d{4}-\d{2}-\d{2}) on")

Make = Callable[[Partnership, dict[str, str]], c.AnyCommand | None]
"""What makes a command from a partnership and the options that Next shows; None if it is no command of staff."""


def _account(known: Partnership) -> Any:
    if known.proposed.funds_out is None:
        return None
    return s.OTHER_ACCOUNT if known.account is not None else ACCOUNT


def _report(known: Partnership, shown: dict[str, str]) -> c.AnyCommand:
    planned = int(shown["--planned"]) if "--planned" in shown else None
    plan = known.reporting.plan(planned)
    kind = ReportKind(shown["--kind"]) if "--kind" in shown else plan.kind if plan is not None else ReportKind.FINAL
    return s.report(
        kind=kind, planned=planned, figures=_figures(known, kind),
        corrects=int(shown["--corrects"]) if "--corrects" in shown else None,
    )  # fmt: skip


def _figures(known: Partnership, kind: ReportKind) -> Figures | None:
    out = known.proposed.funds_out
    if out is None or not known.settled_sum or kind is ReportKind.PROGRESS:
        return None
    return Figures(currency=out.currency, spent=known.settled_sum - known.came_back, returned=known.came_back)


def _refund(known: Partnership, _: dict[str, str]) -> c.AnyCommand:
    return s.refund(str(known.unspent), f"NTRF-{next(_hired)}", direction=RefundDirection.FROM_GRANTEE)


def _cancelled(known: Partnership, _: dict[str, str]) -> c.AnyCommand:
    first = next(one for one in known.tranches if one.state is TrancheState.RELEASED)
    return s.cancel(first.number, attempt=first.attempt)


def _exported(known: Partnership, _: dict[str, str]) -> None:
    assert known.in_flight
    assert not known.missing_approvals
    assert not known.stops(Direction.FUNDS_OUT)


def _faulty(known: Partnership, _: dict[str, str]) -> None:
    assert known.account_fault


def _resolved(known: Partnership, _: dict[str, str]) -> None:
    assert known.contradictions or known.late_returns


MAKES: dict[str, Make] = {
    "propose": lambda known, _: (s.revise if known.is_asked else s.propose)(**again(known)),
    "approve": lambda *_: s.approve("ada.every"),
    "clear": lambda known, _: s.clear(*known.to_clear),
    "sign-agreement": lambda known, _: s.sign(account=_account(known)),
    "satisfy": lambda _, shown: s.satisfy(ConditionId(shown["--condition"])),
    "release": lambda _, shown: s.release(int(shown["--tranche"])),
    "lift": lambda known, shown: s.lift().model_copy(
        update={"holds": (int(shown["--hold"]),) if "--hold" in shown else (known.holds[0].number,)}
    ),
    "report": _report,
    "accept-report": lambda _, shown: s.accept(int(shown["--report"])),
    "refund": _refund,
    "confirm-refund": lambda _, shown: s.confirm_refund(shown["--bank-reference"]),
    "assure": lambda known, _: s.assure_all(known),
    "report-subrecipients": lambda *_: s.report_subrecipients(party("Village Circle")),
    "end-leg": lambda _, shown: s.end_leg(Direction(shown["--leg"])),
    "reopen": lambda *_: s.reopen(),
    "terminate": lambda *_: s.terminate(),
    "decline": lambda *_: s.decline(),
    "payments export": _exported,
    "payments change-account": _faulty,
    "payments exceptions": _resolved,
    "payments cancel": _cancelled,
}


def offered(known: Partnership, ahead: Outlook) -> c.AnyCommand | None:
    """The command that Next shows, with what its placeholders stand for."""
    words = ahead.command.removeprefix("accord ").split()
    name = next(one for one in (" ".join(words[:2]), words[0]) if one in MAKES)
    shown = {one: word for one, word in zip(words, [*words[1:], ""], strict=True) if one.startswith("--")}
    return MAKES[name](known, shown)


def asked(known: Partnership, command: c.AnyCommand, role: Role, at: datetime) -> tuple[c.AnyCommand, Authority]:
    """The command by somebody who is hired for it."""
    account = command.account if isinstance(command, c.SignAgreement) else None
    actor, caller = (f"new.{next(_hired)}" for _ in range(2))
    who = authority(actor, role).model_copy(update={"account": s.called_back(account, caller)})
    return command.model_copy(update={"at": at, "actor": actor}), who


def refusals(story: s.Story, at: datetime) -> Iterator[str]:
    """The refusals of what Next offers, to each whom it offers it."""
    known = story.partnership
    ahead = outlook(known)
    if not ahead.awaiting:
        assert not ahead.command, ahead
        return
    assert ahead.command, f"nobody is told how: {ahead}"
    if (day := _DAY.search(ahead.next_step)) is not None:
        at = max(at, datetime.combine(date.fromisoformat(day.group(1)), at.timetz()) + timedelta(days=1))
    made = offered(known, ahead)
    for role in ahead.awaiting if made is not None else ():
        assert role in PROCEDURE[type(made)].roles or isinstance(made, c.Approve), f"{role} is not asked: {ahead}"
        after = story.when(*asked(known, made, role, at))
        if after.refusal is not None:
            yield f"{ahead.next_step!r}, {ahead.command!r} to {role}: {after.refusal}"


def lives(seed: int) -> list[list[Move]]:
    chance = Random(seed)  # noqa: S311
    kinds = [*KINDS, "recheck", "clear", "accept", "return", "refund", *["next"] * 5]
    return [
        [
            Move(chance.choice(kinds), chance.choice(CROWD), chance.choice(STAFF), chance.randrange(4))
            for _ in range(chance.randint(20, 60))
        ]
        for _ in range(AT_ONCE)
    ]


@cache
def walked(seed: int) -> tuple[Counter[str], tuple[str, ...]]:
    """The steps that were offered in these lives, each state once, and what was refused of them."""
    steps, refused = Counter[str](), list[str]()
    for made in lives(seed):
        version = 0
        for place, story in enumerate(play(made)):
            known = story.partnership
            if known.proposal is None or known.version == version:
                continue
            version = known.version
            ahead = outlook(known)
            steps[" ".join(ahead.command.split()[1:2])] += 1
            refused += refusals(story, s.at(12 * place + 12))
    return steps, tuple(refused)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(LIVES // AT_ONCE))
def test_what_next_offers_is_not_refused_to_whom_it_offers_it(seed: int) -> None:
    _, refused = walked(seed)
    assert not refused, "\n".join(sorted(set(refused))[:20])


LATER = [{"number": 1, "money": money("1000.00"), "due_on": NOON.date() + timedelta(days=90)}]
STATES: dict[str, s.Story] = {
    **{name: story for name, (story, _, _) in WHO.items() if story.partnership.proposal is not None},
    "a later day": s.active(funds_out=funds_out(tranches=LATER)),
    "the account is closed": s.active().given(
        s.release(1), s.hand_over(), s.ended(TrancheOutcome.REJECTED, reason="AC04 closed")
    ),
    "an account that was changed": s.active(funds_out=funds_out("1.00", "2.00")).given(
        s.release(1), *s.came_to(TrancheOutcome.REJECTED), s.sign(account=s.OTHER_ACCOUNT)
    ),
    "diverted twice": s.paid(funds_out=funds_out("1000.00", "500.00")).given(s.divert(), s.divert("vera.lind")),
    "diverted where nothing goes out": s.active(**s.NON_MONETARY).given(s.divert()),
    "a company": s.active().given(s.report_subrecipients(company())),
    "a company under another hold": s.active().given(s.hold(), s.report_subrecipients(company())),
    "the bank's word in doubt": came_back(closed()),
    "late, and nobody said so yet": told_by_the_bank(closed()),
    "given up": came_back(closed()).given(s.terminate()),
    "unspent": s.paid().given(s.report(figures=s.accounted("900.00", "100.00")), s.accept()),
    "paid back by one": s.paid().given(
        s.report(figures=s.accounted("900.00", "100.00")), s.accept(), s.refund("100.00")
    ),
    "a report to judge": s.paid().given(s.report()),
    "two holds": s.active().given(s.hold("vera.lind"), s.hold("paul.nkosi")),
    "the account's verifier has an interest": s.active().given(s.declare("noor.haddad", "vera.lind")),
}


@pytest.mark.parametrize("name", STATES)
def test_nor_in_any_of_these_states(name: str) -> None:
    assert not [*refusals(STATES[name], NOON + timedelta(days=1))]


def test_every_kind_of_step_was_offered() -> None:
    steps = sum((walked(seed)[0] for seed in range(LIVES // AT_ONCE)), Counter[str]())
    wanted = {"approve", "sign-agreement", "release", "lift", "clear", "satisfy", "report", "payments", "propose"}
    assert wanted <= {one for one, times in steps.items() if times > 10}, steps
