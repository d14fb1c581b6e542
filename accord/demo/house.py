"""Partnerships that the demo leaves open, so that there is something to do: one of each kind of waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from accord.client.desk import Desk
from accord.demo.budgeted import GRANT
from accord.demo.by_link import BY_LINK
from accord.demo.cases.case import Case
from accord.demo.cases.partners import EXCHANGE, LAKESIDE, PACKET, PARISH, RIVERBEND
from accord.demo.cases.proposals import out, proposal
from accord.demo.steps import PROGRAMME, Steps
from domain.partnership import commands as c
from domain.partnership.stages import Stage

LIBRARIAN: Final = {
    "name": "Bo Tamm", "email": "bo.tamm@riverbend.example", "organization": "Riverbend Library Network"
}  # fmt: skip
"""A grantee's contact, invented as the others are. Mail tells them that the agreement waits."""
_YESTERDAY: Final = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()


async def waits_for_approval(steps: Steps) -> None:
    """Leave it to those who approve."""
    await steps.until_stage(Stage.APPROVAL)


async def waits_for_finance(steps: Steps) -> None:
    """Have the programme approve it, and leave it to finance."""
    await steps.until_stage(Stage.APPROVAL)
    await steps.do(c.Approve, PROGRAMME, no_interest=True, reason="fits the programme")


async def has_a_question(steps: Steps) -> None:
    """Return it to its proposer with a question."""
    await steps.ask("No register lists this US tax number. Which paper shows what the body is?")


async def waits_for_its_papers(steps: Steps) -> None:
    """Approve it, and leave its papers and then its agreement to others."""
    await steps.approve()


async def waits_for_its_agreement(steps: Steps) -> None:
    """Approve it, and leave its agreement alone: a director can record it at once."""
    await steps.approve()
    await steps.until_stage(Stage.AGREEMENT)


async def is_on_hold(steps: Steps) -> None:
    """Place a hold after the agreement."""
    await steps.approve_and_sign("riverbend")
    await steps.hold("the treasurer left, and nobody knows yet who signs for the account")


async def is_late(steps: Steps) -> None:
    """Have it begun, with a report that was due yesterday."""
    await steps.approve_and_sign(None)


async def waits_for_its_report_to_be_accepted(steps: Steps) -> None:
    """Pay it, and record its final report."""
    await steps.approve_and_sign("kampala")
    await steps.pay_all()
    await steps.file_report()


async def may_be_paid(steps: Steps) -> None:
    """Have its agreement signed. It is released once the bank's days are over, and its file waits to be handed over."""
    await steps.approve_and_sign("lakeside")


async def first_free_number(desk: Desk) -> int:
    """Return the next multiple of 100 above the numbers in use: a demo runs again, and another house fits beside it."""
    numbers = [int(partnership.partnership_id.rpartition("-")[2]) for partnership in await desk.portfolio()]
    return max((number // 100 * 100 + 100 for number in numbers if number < 9000), default=0)


HOUSE: Final = (
    Case(
        31,
        proposal("Reading lamps", RIVERBEND, "Readers of three villages on the Lower River",
                 funds_out=out(RIVERBEND, "1200.00", report=False)),
        waits_for_approval,
    ),
    Case(
        32,
        proposal("Evening courses at the lake", LAKESIDE, "Learners of the evening school at the lake",
                 funds_out=out(LAKESIDE, "2400.00")),
        waits_for_finance,
    ),
    Case(
        33,
        proposal("Parish network", PARISH, "Families of Saint Agnes parish", funds_out=out(PARISH, "4000.00")),
        has_a_question,
    ),
    Case(
        34,
        proposal("Spare parts for the lake's networks", EXCHANGE, "Networks and users around Lake Crescent",
                 funds_out=out(EXCHANGE, "15000.00")),
        waits_for_its_papers,
    ),
    Case(
        35,
        proposal("Book bus online", RIVERBEND, "Readers along the route of the book bus",
                 funds_out=out(RIVERBEND, "3000.00", report=False)),
        is_on_hold,
    ),
    Case(
        36,
        proposal("Joint week of open standards", PACKET, "Network operators in forty countries",
                 non_monetary={"funder": "ISOC", "activity": "A joint week of talks, each side at its own cost"},
                 reports=[{"number": 1, "kind": "PROGRESS", "due_on": _YESTERDAY}]),
        is_late,
    ),
    Case(
        37,
        proposal("Measuring the lake's networks", EXCHANGE, "Networks and users around Lake Crescent",
                 funds_out=out(EXCHANGE, "6000.00")),
        waits_for_its_report_to_be_accepted,
    ),
    Case(
        38,
        proposal("Laptops for the lake school", LAKESIDE, "Pupils of the school at the lake",
                 funds_out=out(LAKESIDE, "3600.00", report=False)),
        may_be_paid,
    ),
    Case(
        39,
        proposal("Story hours on screens", RIVERBEND, "Children of two villages on the Lower River",
                 funds_out=out(RIVERBEND, "1800.00", report=False), contacts=[LIBRARIAN]),
        waits_for_its_agreement,
    ),
    GRANT,
    BY_LINK,
)  # fmt: skip

TO_BE_PAID: Final = 38
"""The number of the case whose payment is released last of all, and whose file waits to be handed over."""
