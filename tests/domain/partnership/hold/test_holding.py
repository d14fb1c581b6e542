"""A rule places its hold beside others, tells it once, and repeats the lead's holds (rules 3.9, ADR 0078)."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.hold.decisions import held_by_lead, held_unless_ended, hold_by_rule, told_already
from domain.partnership.hold.holds import in_words, own_reason
from domain.partnership.state import Partnership
from domain.proposal import Direction
from tests.builders import NOON, funds_in, funds_out
from tests.domain.partnership.specification import NON_MONETARY, active, hold, terminate

IN, OUT = Direction.FUNDS_IN, Direction.FUNDS_OUT
BOTH: dict[str, Any] = {"funds_out": funds_out("100.00", "200.00"), "funds_in": funds_in()}
LEAD = "P-2026-0001"
FOUND = "a match was found"


def held(reason: str = FOUND, *, actor: str = ACCORD, leg: Direction | None = None, **content: Any) -> Partnership:
    """A running partnership with a hold by a rule, unless somebody else placed it."""
    placed = e.HoldPlaced(at=NOON, actor=actor, reason=reason, leg=leg)
    return evolve(active(**(content or BOTH)).partnership, placed)


def reasons(events: tuple[e.Event, ...]) -> list[tuple[str, Direction | None]]:
    return [(one.reason, one.leg) for one in events if isinstance(one, e.HoldPlaced)]


@pytest.mark.parametrize(
    ("known", "leg", "placed"),
    [
        (active(**BOTH).partnership, OUT, [(FOUND, OUT)]),
        (active(**BOTH).partnership, None, [(FOUND, None)]),
        (active(funds_out=funds_out()).partnership, OUT, [(FOUND, None)]),
        (held(), OUT, []),
        (held(leg=OUT), OUT, []),
        (held(leg=IN), OUT, [(FOUND, OUT)]),
        (held("the account is another one"), OUT, [(FOUND, OUT)]),
        (held(actor="vera.lind"), OUT, [(FOUND, OUT)]),
    ],
)
def test_a_rule_gives_each_reason_once_on_a_leg(known: Partnership, leg: Direction | None, placed: list[Any]) -> None:
    assert reasons(hold_by_rule(known, NOON, FOUND, leg)) == placed


def test_what_was_never_proposed_is_held_on_the_leg_that_is_named() -> None:
    assert reasons(hold_by_rule(Partnership(partnership_id=LEAD), NOON, FOUND, OUT)) == [(FOUND, OUT)]


def test_what_has_ended_is_held_by_no_rule() -> None:
    running = active(**BOTH)
    assert held_unless_ended(running.partnership, NOON, FOUND) != ()
    assert held_unless_ended(running.given(terminate()).partnership, NOON, FOUND) == ()


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (held(f"the account is another one; {FOUND}", leg=OUT), True),
        (held(f"the account is another one; {FOUND}"), True),
        (held(f"the account is another one; {FOUND}", leg=IN), False),
        (held("the account is another one", leg=OUT), False),
        (held(FOUND, actor="vera.lind", leg=OUT), False),
    ],
)
def test_a_reason_is_told_where_a_rules_hold_on_the_leg_tells_it_beside_others(known: Partnership, told: bool) -> None:
    assert told_already(known, FOUND, OUT) is told


def under(**content: Any) -> Partnership:
    """A running partnership under the agreement that another one leads."""
    known = active(**(content or BOTH)).partnership
    return known.model_copy(update={"proposal": known.proposed.model_copy(update={"under": LEAD})})


def repeated(known: Partnership, reason: str) -> Partnership:
    return reduce(evolve, held_by_lead(known, NOON, Fault(reason)), known)


def test_what_holds_the_lead_is_repeated_on_the_money_out_and_once() -> None:
    (placed,) = held_by_lead(under(), NOON, Fault(FOUND))
    assert isinstance(placed, e.HeldWithLead)
    assert (placed.reason, placed.leg, placed.lead) == (FOUND, OUT, LEAD)
    assert held_by_lead(repeated(under(), FOUND), NOON, Fault(FOUND)) == ()


def test_it_falls_with_the_leads_and_another_reason_takes_its_place() -> None:
    known = repeated(under(), FOUND)
    (fell,) = held_by_lead(known, NOON, None)
    assert isinstance(fell, e.FreedWithLead)
    assert (fell.lead, fell.holds) == (LEAD, tuple(one.number for one in known.repeated))
    assert [type(one) for one in held_by_lead(known, NOON, Fault("another"))] == [e.FreedWithLead, e.HeldWithLead]


@pytest.mark.parametrize(
    ("known", "held"),
    [
        (under(), None),
        (active(**BOTH).partnership, FOUND),
        (under(funds_in=funds_in()), FOUND),
        (under(**NON_MONETARY), FOUND),
        (Partnership(partnership_id="P-2026-0042"), FOUND),
    ],
)
def test_nothing_is_repeated_where_nothing_holds_or_is_paid_under_a_lead(known: Partnership, held: str | None) -> None:
    assert held_by_lead(known, NOON, Fault(held) if held else None) == ()


def test_several_holds_are_told_with_their_numbers_and_one_without() -> None:
    one = active(**BOTH).given(hold("vera.lind"))
    assert in_words(one.partnership.holds).startswith("by vera.lind")
    two = one.given(hold("femi.ade"))
    assert in_words(two.partnership.holds).startswith(f"hold {two.partnership.holds[0].number} by vera.lind")


@pytest.mark.parametrize(
    ("actor", "reason", "own"), [(ACCORD, "A; B", "B"), (ACCORD, "B", "B"), ("femi.ade", "A; B", "A; B")]
)
def test_what_a_rule_repeated_is_left_out_of_its_own_reason_and_of_nobody_elses(
    actor: str, reason: str, own: str
) -> None:
    assert own_reason(held("A").holds, actor, reason) == own
    assert own_reason((), actor, reason) == reason
