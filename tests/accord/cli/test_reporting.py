"""Reports in the shell: plan, figures, results, acceptance, refunds, and what is owed after the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.payment.bank_answers import BankStatus
from domain.proposal import Proposal
from tests.accord.shell import BAD_INPUT, REFUSED, Shell
from tests.builders import funds_out, proposal, public_interest
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")

INDICATORS = [{"number": 1, "what": "Teachers who were trained", "unit": "people", "target": "240"}]


def day(number: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


def planned(reference: str, **more: Any) -> Proposal:
    reports = [
        {"number": 1, "kind": "PROGRESS", "due_on": day(30), "holds": [2]},
        {"number": 2, "kind": "FINAL", "days_after": 90, "after_tranche": 2},
    ]
    interest = public_interest(indicators=INDICATORS)
    legs = funds_out("600.00", "400.00")
    return proposal(reference, funds_out=legs, reports=reports, public_interest=interest, **more)


@pytest.fixture
async def life(shell: Shell, desk: Desk, reference: str) -> Life:
    """A partnership with a plan of reports, whose first tranche is paid."""
    led = Life(desk, reference)
    await led.paid(planned(reference))
    return led


def reports(reference: str, *more: str) -> tuple[str, ...]:
    return ("report", reference, "--as", "pia.berg", "--summary", "Eleven courses were held", *more)


def judged(command: str, reference: str, number: int) -> tuple[str, ...]:
    return (command, reference, "--report", str(number), "--as", "ana.silva", "--reason", "it was read with care")


async def done(life: Life) -> list[str]:
    """The events. A refusal is on record where the run had not read the bank's word yet."""
    return [event for event in await life.told() if event != "CommandRefused"]


@pytest.mark.slow
async def test_a_plan_is_followed_from_the_first_report_to_the_close(shell: Shell, life: Life) -> None:
    reference = life.reference
    shown = await shell.done("show", reference)
    assert "Next: report 1 of the grantee (PROGRESS)" in shown.words
    assert f"accord report {reference} --planned 1" in shown.words
    assert "the report is recorded" in (await shell.done(*reports(reference, "--planned", "1"))).words
    assert "accept report 1 (PROGRESS)" in (await shell.done("show", reference)).words
    assert "the report is accepted" in (await shell.done(*judged("accept-report", reference, 1))).words

    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.bank_says(await life.instructed(2), BankStatus.SETTLED)
    await life.until(lambda known: known.settled_sum == 1000)
    final = reports(reference, "--planned", "2", "--spent", "900", "--unspent", "100", "--result", "1=262")
    assert "the report is recorded" in (await shell.done(*final)).words
    assert "Stage: ACTIVE" in (await shell.done(*judged("accept-report", reference, 2))).words

    await until_shown(life.desk)
    owed = await shell.done("obligations", "--json")
    mine = [one for one in owed.json if one["partnership_id"] == reference]
    assert [(one["kind"], one["what"]) for one in mine] == [
        ("REFUND", "the grantee pays back USD 100.00, which was not spent")
    ]
    refund = ("refund", reference, "--amount", "100.00", "--bank-reference", "NTRF-1", "--booked-on", day(0))
    named = (reference, "--bank-reference", "NTRF-1", "--reason")
    mistyped = await shell.done(*refund[:3], "600.00", *refund[4:], "--reason", "it was not spent", "--as", "femi.ade")
    assert "Stage: ACTIVE" in mistyped.words, "one person's word closes nothing"
    assert "or take it back" in mistyped.words
    taken_back = await shell.done("withdraw-refund", *named, "100, not 600", "--as", "femi.ade")
    assert "the refund is taken back" in taken_back.words
    again = await shell("withdraw-refund", *named, "100, not 600", "--as", "femi.ade")
    assert "no refund NTRF-1 is on record; waiting is: none" in again.stderr
    assert "or take it back" in (await shell.done(*refund, "--reason", "it was not spent", "--as", "femi.ade")).words
    paid_back = await shell.done("confirm-refund", *named, "on the statement", "--as", "dora.kim")
    assert "the refund is confirmed, closed" in paid_back.words
    assert (await life.state()).stage is Stage.CLOSED

    told = await shell.done("reports", reference, "--json")
    assert [one["state"] for one in told.json["received"]] == ["ACCEPTED", "ACCEPTED"]
    assert told.json["planned"][0] == {"planned": 1, "kind": "PROGRESS", "due": day(30), "holds": [2]}
    assert "FINAL" in (await shell.done("reports", reference)).words
    await until_shown(life.desk)
    achieved = [one for one in (await shell.done("results", "--json")).json if one["partnership_id"] == reference]
    assert [(one["indicator"], one["target"], one["achieved"]) for one in achieved] == [
        ("Teachers who were trained", "240", "262")
    ]


BAD: list[tuple[tuple[str, ...], str]] = [
    (("--planned", "7"), "report 7 is not planned; planned are: 1, 2"),
    (
        ("--planned", "1", "--kind", "FINANCIAL"),
        "report 1 is planned as a progress report, and this one is a financial report",
    ),
    (("--kind", "FINANCIAL"), "figures: a FINANCIAL report says what was spent, unspent and returned"),
    (("--kind", "FINANCIAL", "--spent", "601"), "601 spent, 0 unspent and 0 returned make 601, and 600.00 was paid"),
    (("--kind", "PROGRESS", "--result", "9=1"), "results: indicator 9 is not in the proposal; it has: 1"),
    (("--kind", "PROGRESS", "--corrects", "4"), "has no report 4 to correct; it has 0"),
    (("--spent", "600", "--result", "1=2"), "the final report is planned as report 2: name it (--planned 2)"),
    (("--planned", "2", "--spent", "600"), "results: the final report says what was achieved by indicator 1"),
]


@pytest.mark.slow
async def test_a_report_that_cannot_be_is_refused_in_a_line_and_nothing_is_recorded(shell: Shell, life: Life) -> None:
    before = await done(life)
    for more, words in BAD:
        told = await shell(*reports(life.reference, *more))
        assert (told.code, told.stderr.count("\n")) == (REFUSED, 1), told
        assert words in told.stderr
    for written in ("1", "x=2", "1="):
        told = await shell(*reports(life.reference, "--kind", "PROGRESS", "--result", written))
        assert (told.code, "write the indicator and the result" in told.stderr) == (BAD_INPUT, True), told
    assert await done(life) == before


@pytest.mark.slow
async def test_what_was_judged_is_not_judged_again(shell: Shell, life: Life) -> None:
    await shell.done(*reports(life.reference, "--planned", "1"))
    await shell.done(*judged("return-report", life.reference, 1))
    for command in ("accept-report", "return-report"):
        told = await shell(*judged(command, life.reference, 1))
        assert "report 1 is returned already (by ana.silva)" in told.stderr
    assert "has no report 2; it has 1" in (await shell(*judged("accept-report", life.reference, 2))).stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--amount", "601.00", "--booked-on", day(0)), "more than, or other than, the USD 600.00"),
        (("--amount", "1.00", "--booked-on", day(2)), "is in the future; give the day of the bank's booking"),
        (("--amount", "1.00", "--booked-on", "2020-01-01"), "is before the first payment"),
        (("--amount", "1.00", "--booked-on", day(0), "--to-donor"), "no money went that way"),
    ],
)
async def test_a_refund_that_cannot_be_is_refused(shell: Shell, life: Life, more: tuple[str, ...], words: str) -> None:
    before = await done(life)
    command = ("refund", life.reference, "--bank-reference", "NTRF-7", "--reason", "not spent", "--as", "femi.ade")
    told = await shell(*command, *more)
    assert (told.code != 0, words in told.stderr) == (True, True), told
    assert await done(life) == before


@pytest.mark.slow
async def test_the_yearly_list_of_expenditure_responsibility_is_json_where_asked(shell: Shell, life: Life) -> None:
    await until_shown(life.desk)
    year = datetime.now(UTC).year
    listed = (await shell.done("responsibility", str(year), "--json")).json
    assert life.reference not in {one["partnership_id"] for one in listed}, "no responsibility is required here"
