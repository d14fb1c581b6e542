"""The shell for those who work with it all day: ids, forms, widths, several at once, and the signed content."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import funds_out, proposal
from tests.conftest import Office
from tests.lives import Life, until_shown
from tests.waiting import until

FORMULA = "=cmd|'/C calc'!A0"


@pytest.fixture
async def waiting(office: Office, desk: Desk, worker: None, reference: str, shell: Shell) -> Life:
    """A grant that waits for approval, and is in the lists."""
    life = Life(desk, reference)
    content = proposal(reference, title=FORMULA, funds_out=funds_out("600.00", "400.00"))
    await life.awaiting_approval(content)
    await until_shown(desk)
    return life


async def test_an_id_is_known_in_any_case_and_by_a_beginning_that_is_its_alone(
    waiting: Life, shell: Shell, desk: Desk
) -> None:
    reference, other = waiting.reference, Life(desk, f"P-2026-{int(waiting.reference[-4:]) + 70_000}")
    await other.awaiting_approval(proposal(other.reference))
    await until_shown(desk)
    alone = await shell.done("show", other.reference[:-2], "--json")
    assert alone.json["partnership_id"] == other.reference
    lower = await shell.done("show", reference.lower(), "--json")
    assert lower.json["partnership_id"] == reference
    decided = await shell("withdraw", other.reference[:-2], "--as", "pia.berg", "--reason", "other plans")
    assert_fails(decided, REFUSED, "no partnership")
    many = await shell("show", "p-2026-")
    assert_fails(many, BAD_INPUT, "begin with P-2026-")
    none = await shell("show", "p-2031-")
    assert_fails(none, REFUSED, "no partnership P-2031-")


@pytest.mark.slow
@pytest.mark.parametrize("width", ["60", "80", "120"])
async def test_a_table_keeps_to_its_width_and_never_drops_the_money(waiting: Life, shell: Shell, width: str) -> None:
    told = (await shell.where(COLUMNS=width).done("list", waiting.reference)).stdout
    lines = [line for line in told.splitlines() if line.strip()]
    assert max(map(len, lines)) <= int(width), told
    assert {"1,000.00", "USD", waiting.reference} <= set(told.replace("│", " ").split())


@pytest.mark.slow
async def test_a_list_is_handed_out_in_every_form_with_every_line(waiting: Life, shell: Shell, tmp_path: Path) -> None:
    reference, book = waiting.reference, tmp_path / "list.xlsx"
    as_json, as_csv, _ = await shell.together(
        ("list", reference, "--json"), ("list", reference, "--format", "csv"),
        ("list", reference, "--format", "xlsx", "--out", book),
    )  # fmt: skip
    [told] = as_json.json
    assert told["money"] == {"amount": "1000.00", "currency": "USD"}
    assert (told["stage"], told["on_hold"], told["version"]) == ("APPROVAL", False, told["version"])
    [row] = csv.DictReader(io.StringIO(as_csv.stdout))
    assert (row["partnership_id"], row["amount"], row["currency"]) == (reference, "1000.00", "USD")
    assert row["title"] == f"'{FORMULA}"
    with ZipFile(book) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1000</v>" in sheet
    assert "<f>" not in sheet


@pytest.mark.slow
async def test_what_contradicts_itself_in_a_list_is_said(shell: Shell, waiting: Life, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    for words, told in (
        (("list", "--all", "--limit", "3"), "give one of them"),
        (("list", "--format", "xlsx"), "--out FILE"),
        (("list", "--format", "csv", "--out", there), "name a new file"),
        (("list", "--sum", "many"), "sum: 'many' is no sum"),
        (("list", "--sum", "1,50"), "is no sum"),
        (("list", "--funder", "x" * 3000), "funder: this is no filter"),
        (("list", "--known-at", "0001-01-01T00:00:00+10:00"), "is no time of ours"),
        (("list", "--json", "--format", "csv"), "give one of them"),
        (("list", "--year", "26"), "year: '26' is no year"),
        (("payments", "list", "--from", "May"), "from: 'May' is no day"),
        (("approve", "P-2026-0001", "P-2026-0002", "--seen", "3", "--reason", "x", "--as", "femi.ade"), "give one ID"),
    ):
        assert_fails(await shell(*words), BAD_INPUT, told)
    assert there.read_text() == "mine"


@pytest.mark.slow
async def test_one_decision_on_several_has_an_answer_each(desk: Desk, waiting: Life, shell: Shell) -> None:
    other = Life(desk, f"P-2026-{int(waiting.reference[-4:]) + 50_000}")
    await other.awaiting_approval(proposal(other.reference))
    await desk.decide(await desk.known_sight(other.reference), c.Withdraw, "pia.berg", reason="other plans")
    words = ("approve", waiting.reference, other.reference, "--as", "femi.ade", "--reason", "within budget")
    answer = await shell(*words, "--no-interest")
    assert answer.code == REFUSED
    assert f"{waiting.reference} approved" in answer.stdout
    assert f"{other.reference}: " in answer.stderr
    assert "1 done, 1 not" in answer.stderr
    again = await shell(*words, "--no-interest", "--json")
    told = json.loads(again.stdout)
    assert [one["partnership_id"] for one in told] == [waiting.reference, other.reference]
    assert told[1]["error"]["exit_code"] == REFUSED


@pytest.mark.slow
async def test_what_is_signed_is_shown_first_and_a_script_says_yes(waiting: Life, shell: Shell) -> None:
    words = ("approve", waiting.reference, "--as", "femi.ade", "--reason", "within budget", "--no-interest")
    shown = (await shell.where(TTY_COMPATIBLE="1", NO_COLOR="1", COLUMNS="300").done(*words)).stderr
    assert "femi.ade signs: approve: within budget" in shown
    assert "USD 1,000.00 by ISOC to Riverbend Library Network" in shown
    assert "approved by: nobody yet" in shown
    other = ("approve", waiting.reference, "--as", "ana.silva", "--reason", "it fits", "--no-interest")
    quiet = await shell.where(TTY_COMPATIBLE="1").done(*other, "--json")
    assert "signs" not in quiet.stderr


@pytest.mark.slow
async def test_a_decision_is_handed_in_without_waiting_and_its_answer_stands_on_record(
    waiting: Life, shell: Shell, desk: Desk
) -> None:
    words = ("--as", "femi.ade", "--reason", "within budget", "--no-interest", "--no-wait")
    answer = await shell.done("approve", waiting.reference, *words)
    assert f"accord history {waiting.reference}" in answer.stdout
    await waiting.until(lambda known: [one.actor for one in known.approvals] == ["femi.ade"])
    await waiting.do(c.Withdraw, "pia.berg", reason="other plans")

    async def is_over() -> bool:
        return (await desk.known_partnership(waiting.reference)).stage is Stage.WITHDRAWN

    await until(is_over)
    late = await shell("approve", waiting.reference, *words)
    assert late.code in {0, REFUSED}


@pytest.mark.slow
async def test_faults_are_json_where_json_is_asked_for(shell: Shell, waiting: Life) -> None:
    answer = await shell("show", "P-2031-0001", "--json")
    assert answer.code == REFUSED
    told = json.loads(answer.stderr)["error"]
    assert (told["kind"], told["exit_code"]) == ("Unknown", REFUSED)
    assert "no partnership P-2031-0001" in told["message"]


@pytest.mark.slow
async def test_the_rules_are_asked_about_a_file_and_nothing_is_recorded(
    shell: Shell, desk: Desk, worker: None, tmp_path: Path
) -> None:
    """A byte-order mark, as some editors write it, is no fault of the file."""
    path = tmp_path / "proposal.json"
    path.write_text("\ufeff" + proposal("P-2026-7777").model_dump_json(), "utf-8")
    before = await desk.ledger.head()
    answer = await shell.done("propose", path, "--check")
    assert "nothing is recorded" in answer.stdout
    company = proposal("P-2026-7778").model_dump(mode="json")
    for party in (company["partner"], company["funds_out"]["payee"]):
        party["kind"] = "PRIVATE_COMPANY"
    path.write_text(json.dumps(company))
    refused = await shell("propose", path, "--check")
    assert (refused.code, "ELIG-NONPROFIT" in refused.stdout) == (REFUSED, True)
    silent = proposal("P-2026-7779").model_dump(mode="json", exclude_none=True)
    del silent["funds_out"]["no_private_benefit"], silent["public_interest"]["community"]
    path.write_text(json.dumps(silent))
    lacking = await shell("propose", path, "--check")
    assert lacking.code == REFUSED
    for field in ("missing: funds_out.benefit: say who benefits", "missing: public_interest.community: give its kind"):
        assert field in lacking.words
    assert len((await shell("propose", path, "--check", "--json")).json["missing"]) == 2
    assert_fails(await shell("propose", path), BAD_INPUT, "--as")
    assert await desk.ledger.head() == before


@pytest.mark.slow
async def test_a_hand_over_shows_each_payment_and_the_digits_of_its_account_first(
    shell: Shell, desk: Desk, worker: None, reference: str, tmp_path: Path
) -> None:
    life = Life(desk, reference)
    await life.released(proposal(reference, funds_out=funds_out("5000.00")))
    message_id = await life.file()
    told = await shell.where(TTY_COMPATIBLE="1", NO_COLOR="1", COLUMNS="300").done(
        "payments", "hand-over", message_id, "--out", tmp_path / "out", "--as", "paul.nkosi"
    )
    assert f"{reference} tranche 1: USD 5,000.00 to Riverbend Library Network, account ending in" in told.stderr
    assert "Handed over" in told.stdout


@pytest.mark.slow
async def test_a_withheld_release_says_so(shell: Shell, desk: Desk, worker: None, reference: str) -> None:
    life = Life(desk, reference)
    await life.signed(proposal(reference))
    answer = await shell.done("release", reference, "--as", "paul.nkosi", "--json")
    assert answer.json["payment"]["status"] in {"INSTRUCTED", "WITHHELD"}
