"""A budget in the shell: proposed, reported on by line, beyond its share, not allowed, and beside its spending."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from accord.client.desk import Desk
from tests.accord.shell import BAD_INPUT, REFUSED, Shell
from tests.budgets import budgeted, milestone
from tests.builders import proposal
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
async def life(shell: Shell, desk: Desk, reference: str) -> Life:
    """A grant of 1,000 with a budget and a milestone far ahead, paid."""
    led = Life(desk, reference)
    await led.paid(proposal(reference, **budgeted(milestones=[milestone(due_on="2029-01-31")])))
    return led


def reported(reference: str, *options: str) -> tuple[str, ...]:
    return ("report", reference, "--as", "pia.berg", "--summary", "Eleven courses", "--kind", "FINANCIAL", *options)


def lines(training: str, travel: str, overhead: str, *more: str) -> tuple[str, ...]:
    sums = enumerate((training, travel, overhead), start=1)
    return (*(part for number, text in sums for part in ("--line", f"{number}={text}")), "--period", "2", *more)


@pytest.mark.slow
async def test_a_report_beyond_the_share_is_received_and_what_is_not_allowed_comes_back(
    shell: Shell, life: Life
) -> None:
    """Given 20 above the free share, when they are not allowed, then they are owed, and the budget shows them."""
    reference = life.reference
    told = reported(reference, *lines("550.00", "350.00", "100.00", "--line-reason", "2=The bridge was closed"))
    assert "the report is recorded" in (await shell.done(*told)).words
    judge = ("accept-report", reference, "--report", "1", "--as", "ana.silva", "--reason", "it was read with care")
    refused = await shell(*judge)
    assert refused.code == REFUSED
    assert "Travel spent USD 350.00" in refused.stderr
    assert "(--disallowed 'Travel=20.00')" in " ".join(refused.stderr.split())
    assert "the report is accepted" in (await shell.done(*judge, "--disallowed", "Travel=20.00")).words
    listed = await shell.done("reports", reference, "--json")
    assert (listed.json["unspent"], listed.json["milestones"][0]["state"]) == ("20.00", None)
    shown = (await shell.done("budget", reference, "--json")).json
    assert [(one["spent"], one["left"]) for one in shown["lines"]] == [
        ("550.00", "50.00"), ("350.00", "-50.00"), ("100.00", "0.00"),
    ]  # fmt: skip
    assert shown["lines"][1]["reason"] == "The bridge was closed"
    assert "Travel of teachers" in (await shell.done("budget", reference)).words
    portfolio = (await shell.done("budget", "--portfolio", "--json")).json
    assert {one["category"] for one in portfolio} == {"Training", "Travel", "Overhead"}


@pytest.mark.slow
async def test_shillings_are_typed_and_dollars_are_recorded(shell: Shell, life: Life, tmp_path: Path) -> None:
    """Given sums in shillings at one rate, then each is rounded once, and the difference is beside the lines."""
    photograph = tmp_path / "mast.jpg"
    photograph.write_bytes(b"a photograph")
    abroad = ("--spent-in", "kes", "--rate", "129.47", "--arrived-on", "2026-11-20")
    beside = (
        "--exchange-difference",
        "0.02",
        "--exchange-reason",
        "The bank rounds",
        "--milestone",
        "1=done: it stands",
    )
    paper = ("--milestone-paper", f"1={photograph}", "--returned", "0")
    await shell.done(*reported(life.reference, *lines("77,681.00", "38841", "12946", *abroad, *beside, *paper)))
    [filed] = (await life.state()).reporting.filed
    assert filed.figures is not None
    assert [str(line.spent) for line in filed.figures.lines] == ["599.99", "300.00", "99.99"]
    assert str(filed.figures.spent) == "1000.00"
    assert (filed.milestones[0].state.value, len(filed.milestones[0].papers)) == ("DONE", 1)


@pytest.mark.slow
async def test_a_form_goes_out_and_comes_back_as_a_report(shell: Shell, life: Life, tmp_path: Path) -> None:
    """Given the form that the shell wrote, when it is filled in, then the report says what stands in it."""
    file = tmp_path / "report.xlsx"
    await shell.done("budget", life.reference, "--workbook", str(file))
    again = await shell("budget", life.reference, "--workbook", str(file))
    assert (again.code, "is there already; name another file" in " ".join(again.stderr.split())) == (BAD_INPUT, True)
    book = load_workbook(file)
    for place, value in {"C4": 2, "C5": 0, "C6": 0, "G15": 600, "G16": 299.9, "G17": 100.1}.items():
        book["Report"][place] = value
    book["Report"]["G17"] = "=1+1"
    book.save(file)
    refused = await shell(*reported(life.reference, "--workbook", str(file)))
    assert (refused.code, "Report!G17: it holds a formula" in refused.stderr) == (BAD_INPUT, True)
    assert (await life.state()).reporting.filed == ()
    book["Report"]["G17"] = 100.1
    book["Work plan"]["E4"], book["Work plan"]["F4"] = "LATE", "It rained"
    book.save(file)
    twice = await shell(*reported(life.reference, "--workbook", str(file), "--line", "1=5"))
    assert (twice.code, "leave out --line" in twice.stderr) == (BAD_INPUT, True)
    said_twice = await shell(*reported(life.reference, "--workbook", str(file), "--milestone", "1=DONE"))
    assert said_twice.code == BAD_INPUT
    assert "--milestone 1: the workbook says it too; leave one of them out" in " ".join(said_twice.stderr.split())
    await shell.done(*reported(life.reference, "--workbook", str(file)))
    [filed] = (await life.state()).reporting.filed
    assert [str(one.spent) for one in filed.lines] == ["600.00", "299.90", "100.10"]
    assert [(one.state.value, one.words) for one in filed.milestones] == [("LATE", "It rained")]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--line", "one=5"), "--line: 'one=5' is no number with an answer; write such as 3=1250.00"),
        (("--line", "1=5", "--line", "1=6"), "--line: 1 is given twice; give it once"),
        (("--line", "1=1.234"), "line 1: '1.234' may be 1,234.00 or 1.234; write 1234.00"),
        (("--line", "1=1e5"), "line 1: '1e5' is no sum"),
        (("--line", "1=-5"), "line 1: '-5' is no sum"),
        (("--line", "1=NaN"), "line 1: 'NaN' is no sum"),
        (("--line-reason", "2=It rained"), "line 2 has a reason and no sum"),
        (("--line", "1=5", "--spent-in", "KES"), "give the currency in which it was spent, its rate, and the day"),
        (("--milestone", "1=DONE", "--milestone", "1=LATE: why"), "--milestone: 1 is given twice; give it once"),
        (("--result", "240"), "--result: '240' is no number with an answer; write such as 1=240"),
        (("--milestone", "1=perhaps"), "--milestone: 'perhaps' says none of DONE, LATE, DROPPED"),
        (("--milestone-paper", "1=/nowhere"), "/nowhere cannot be opened"),
    ],
)
async def test_what_is_mistyped_is_named_and_nothing_is_recorded(
    shell: Shell, desk: Desk, reference: str, options: tuple[str, ...], fault: str
) -> None:
    await Life(desk, reference).propose(proposal(reference, **budgeted()))
    refused = await shell(*reported(reference, *options))
    assert refused.code == BAD_INPUT
    assert fault in " ".join(refused.stderr.split())


async def test_a_budget_is_of_one_partnership_or_of_all(shell: Shell) -> None:
    refused = await shell("budget")
    assert (refused.code, "or --portfolio" in refused.stderr) == (BAD_INPUT, True)


@pytest.mark.slow
async def test_an_empty_budget_is_filled_in_and_put_into_a_proposal(
    shell: Shell, reference: str, tmp_path: Path
) -> None:
    """Given a template, when it is filled in, then the proposal has it; a fault leaves the file alone."""
    template, file = tmp_path / "budget.xlsx", tmp_path / "proposal.json"
    file.write_text(json.dumps(proposal(reference, **budgeted()).model_dump(mode="json")), "utf-8")
    before = file.read_bytes()
    await shell.done("budget", "--template", str(template))
    refused = await shell("budget", "--workbook", str(template), "--into", str(file))
    assert (refused.code, file.read_bytes() == before) == (BAD_INPUT, True)
    book = load_workbook(template)
    cells: dict[str, Any] = {
        "D9": "2027-01-01", "D10": "2027-12-31", "A12": "Training", "B12": "Courses", "C12": "DIRECT", "D12": 1000,
    }  # fmt: skip
    for place, value in cells.items():
        book["Budget"][place] = value
    book.save(template)
    await shell.done("budget", "--workbook", str(template), "--into", str(file))
    budget = json.loads(file.read_text("utf-8"))["funds_out"]["budget"]
    assert (budget["lines"][0]["sums"], len(budget["periods"])) == (["1000.00"], 1)
    assert (await shell.done("propose", str(file), "--as", "pia.berg")).code == 0
    strange = await shell("budget", reference, "--template", str(template))
    assert (strange.code, "leave ID and --portfolio out" in " ".join(strange.stderr.split())) == (BAD_INPUT, True)


@pytest.mark.slow
async def test_a_proposal_file_has_a_budget_or_one_clear_sentence(shell: Shell, reference: str, tmp_path: Path) -> None:
    """Given a file whose lines do not make its tranches, then the refusal says by how much, and nothing is proposed."""
    content: dict[str, Any] = proposal(reference, **budgeted()).model_dump(mode="json")
    content["funds_out"]["budget"]["lines"][0]["sums"][0] = "299.99"
    file = tmp_path / "proposal.json"
    file.write_text(json.dumps(content), "utf-8")
    refused = await shell("propose", str(file), "--as", "pia.berg")
    assert refused.code == BAD_INPUT
    assert "its lines make 999.99, and the tranches 1,000.00; 0.01 is missing" in " ".join(refused.stderr.split())
