"""The whole life of a partnership by shell: each command says what happened and what is next."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.cli.partnerships.deciding import facts_of
from accord.client.desk import Desk
from domain.identity import end_to_end_id, payment_id
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from tests.accord.counter.files import booked, told_now
from tests.accord.shell import (
    BAD_INPUT,
    PAYEE_ACCOUNT,
    REFUSED,
    Shell,
    assert_all_fail,
    assert_fails,
    files_in,
    proposal_content,
    proposal_text,
)
from tests.builders import funds_in, funds_out, proposal
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")

File = Callable[..., Path]
NewReference = Callable[[], str]


async def awaiting_approval(desk: Desk, reference: str) -> Life:
    life = Life(desk, reference)
    await life.propose(proposal(reference))
    await life.until_stage(Stage.APPROVAL)
    return life


async def test_a_partnership_is_proposed_approved_signed_paid_reported_and_closed(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    life = Life(desk, reference)
    document = file("We taught eleven villages.", "report.txt")

    proposed = await shell.done("propose", file(proposal_text(reference)), "--as", "pia.berg")
    assert f"{reference} proposed" in proposed.stdout
    assert "Stage: " in proposed.stdout
    assert "Next: " in proposed.stdout
    await life.until_stage(Stage.APPROVAL)

    await until_shown(desk)
    shown, listed = await shell.together(("show", reference), ("list", "--stage", "APPROVAL"))
    for words in (
        "Digital skills for river libraries", "Stage: APPROVAL", "Next: approval by programme approver",
        "Riverbend Library Network (US)", "village libraries", "USD 30,000.00", "Rev. Proc. 2018-32",
    ):  # fmt: skip
        assert words in shown.words
    assert reference in listed.stdout
    assert (shown.code, listed.code) == (0, 0)

    first = await shell.done(
        "approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "fits the programme"
    )
    assert f"{reference} approved" in first.stdout
    assert "Next: approval by finance approver - by FINANCE_APPROVER, due 20" in first.stdout
    second = await shell.done(
        "approve", reference, "--no-interest", "--as", "femi.ade", "--reason", "within the budget"
    )
    assert "Stage: AGREEMENT" in second.stdout
    assert "Next: sign the agreement - by DIRECTOR" in second.stdout

    signed = await shell.done(
        "sign-agreement", reference, "--as", "dora.kim", "--account", PAYEE_ACCOUNT, "--signed-on", "2026-11-02",
        "--document", document,
    )  # fmt: skip
    assert "the agreement is signed" in signed.stdout
    assert "Next: release tranche 1 - by PAYER" in signed.stdout
    released = await shell.done("release", reference, "--tranche", "1", "--as", "paul.nkosi")
    assert "the tranche is released" in released.stdout
    assert "Next: " in released.stdout

    await life.instructed()
    message_id = await life.file()
    left = await shell.done("payments", "hand-over", message_id, "--out", tmp_path / "out", "--as", "paul.nkosi")
    assert f"Handed over: {tmp_path / 'out' / message_id}.pain.001.xml" in left.words
    end_to_end = end_to_end_id(payment_id(reference, 1, 1))
    assert [end_to_end in path.read_text() for path in files_in(tmp_path / "out")] == [True]

    said = file(told_now(booked(end_to_end, "30000.00"), message=f"BANK-{reference}"), "answer.xml")
    imported = await shell.done("payments", "import", said, "--as", "paul.nkosi")
    assert "1 new, 0 known before" in imported.words
    assert "SETTLED" in imported.stdout
    await life.until_tranche(TrancheState.SETTLED)

    said_of = ("--summary", "Eleven villages read", "--spent", "30000.00", "--document", document)
    reported = await shell.done("report", reference, "--as", "pia.berg", *said_of)
    assert f"{reference} the report is recorded\n" in reported.stdout
    assert "Next: accept report 1 (FINAL), or return it with the reasons" in reported.words
    accepted = await shell.done(
        "accept-report", reference, "--report", "1", "--as", "ana.silva", "--reason", "It agrees with the books"
    )
    assert f"{reference} the report is accepted, closed" in accepted.stdout
    assert "Stage: CLOSED" in accepted.stdout

    told, recorded, again = await shell.together(
        ("history", reference),
        ("history", reference, "--json"),
        ("payments", "import", said, "--as", "paul.nkosi", "--json"),
    )
    assert (told.code, recorded.code, again.code) == (0, 0, 0)
    for words in ("PartnershipProposed", "fits the programme", "paul.nkosi", "tranche 1, attempt 1: USD 30,000.00",
                  "Eleven villages read", "PartnershipClosed"):  # fmt: skip
        assert words in told.stdout
    events = [item["event"] for item in recorded.json]
    assert [item["version"] for item in recorded.json] == list(range(1, len(events) + 1))
    report = next(event for event in events if event["event_type"] == "ReportReceived")
    assert report["document_sha256"] == hashlib.sha256(document.read_bytes()).hexdigest()
    assert (again.json["new"], again.json["known"]) == ([], 1)


@pytest.mark.slow
async def test_every_receipt_and_every_read_is_json_where_asked(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    life = Life(desk, reference)
    path = file(proposal_content(reference))
    receipt = (await shell.done("propose", path, "--as", "pia.berg", "--json")).json
    assert (receipt["partnership_id"], receipt["what"][0]) == (reference, "PartnershipProposed")
    await life.until_stage(Stage.APPROVAL)

    asked = await shell.done("return", reference, "--as", "vera.lind", "--question", "Which villages?", "--json")
    assert asked.json["what"] == ["InformationRequested", "DeadlineSet"]
    assert asked.json["outlook"]["next_step"] == "answer the question: Which villages?"
    again = await shell.done("propose", path, "--answer", "Eleven", "--as", "pia.berg", "--json")
    assert again.json["what"][0] == "ProposalRevised"
    await life.until_stage(Stage.APPROVAL)

    held = await shell.done("hold", reference, "--as", "vera.lind", "--reason", "a complaint came in", "--json")
    assert (held.json["on_hold"], held.json["what"]) == (True, ["HoldPlaced"])
    lifted = await shell.done("lift", reference, "--as", "femi.ade", "--reason", "it was withdrawn", "--json")
    assert (lifted.json["on_hold"], lifted.json["what"]) == (False, ["HoldLifted", "DeadlineSet"])
    for actor, follows in (("ana.silva", []), ("femi.ade", ["DeadlineSet"])):
        approved = await shell.done(
            "approve", reference, "--no-interest", "--as", actor, "--reason", "good work", "--json"
        )
        assert approved.json["what"] == ["ApprovalGiven", *follows]
    signed = await shell.done("sign-agreement", reference, "--as", "dora.kim", "--account", PAYEE_ACCOUNT, "--json")
    assert signed.json["stage"] == "ACTIVE"
    released = await shell.done("release", reference, "--as", "paul.nkosi", "--json")
    assert released.json["what"] == ["TrancheReleased"]
    await life.instructed()
    found, told, listed, exceptions = await shell.together(
        ("show", reference, "--json"), ("history", reference, "--json"), ("list", "--stage", "ACTIVE", "--json"),
        ("payments", "exceptions", "--json"),
    )  # fmt: skip
    assert (found.json["stage"], found.json["tranches"][0]["state"]) == ("ACTIVE", "RELEASED")
    assert found.json["outlook"]["next_step"]
    assert told.json[-1]["event"]["event_type"] == "TrancheReleased"
    assert {row["stage"] for row in listed.json} == {"ACTIVE"}
    [row] = [row for row in listed.json if row["partnership_id"] == reference]
    assert row["money"] == {"amount": "30000.00", "currency": "USD"}
    assert isinstance(exceptions.json, list)


@pytest.mark.slow
async def test_proposing_the_same_file_twice_does_nothing_twice_and_accord_as_names_the_person(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    path = file(proposal_text(reference))
    pia = shell.where(ACCORD_AS="pia.berg")
    await pia.done("propose", path)
    again = await pia.done("propose", path)
    assert "nothing was done twice" in again.words
    told = await Life(desk, reference).told()
    assert told.count("PartnershipProposed") == 1
    assert (await desk.known_partnership(reference)).proposers == ("pia.berg",)


@pytest.mark.slow
async def test_a_files_sums_are_said_before_they_are_signed_and_asked_back_where_not_clear(
    shell: Shell, reference: str, file: File
) -> None:
    """Given a sum of a file that may be thirty thousand or thirty, then it is asked back; a printed one is taken."""
    text = proposal_text(reference)
    unclear = await shell(
        "propose", file(re.sub(r'amount = "?[0-9.]+"?', 'amount = "30.000"', text)), "--as", "pia.berg"
    )
    assert unclear.code == BAD_INPUT
    assert "may be 30,000.00 or 30.00; write 30000.00 or 30.00" in unclear.words
    printed = file(re.sub(r'amount = "?[0-9.]+"?', 'amount = "30,000.00"', text))
    taken = await shell.done("propose", printed, "--as", "pia.berg")
    assert "money would go: USD 30,000.00 by ISOC" in taken.stderr


@pytest.mark.slow
async def test_a_question_is_answered_by_proposing_again(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    life = await awaiting_approval(desk, reference)
    asked = await shell.done("return", reference, "--as", "vera.lind", "--question", "Which villages are served?")
    assert f"{reference} returned to its proposer" in asked.stdout
    assert "Next: answer the question: Which villages are served? - by PROPOSER" in asked.words
    path = file(proposal_text(reference, title='"Skills for eleven villages"'))
    silent = await shell("propose", path, "--as", "pia.berg")
    assert silent.code != 0
    assert "Which villages are served?" in silent.words
    assert "--answer ANSWER" in silent.words
    answering = ("propose", path, "--answer", "Eleven, all along the river", "--as", "pia.berg")
    revised = await shell.done(*answering)
    assert f"{reference} proposed again, revised" in revised.stdout
    assert "nothing was done twice" in (await shell.done(*answering)).words
    assert (await life.until_stage(Stage.APPROVAL)).proposed.title == "Skills for eleven villages"
    assert "Eleven, all along the river" in (await shell.done("history", reference)).words
    assert "Eleven, all along the river" in (await shell.done("show", reference)).words


@pytest.mark.slow
async def test_a_hold_stops_approval_until_another_person_lifts_it(shell: Shell, desk: Desk, reference: str) -> None:
    await awaiting_approval(desk, reference)
    held = await shell.done("hold", reference, "--as", "vera.lind", "--reason", "a complaint came in")
    assert f"{reference} on hold" in held.stdout
    assert "Next: lift the hold: by vera.lind: a complaint came in - by DIRECTOR, FINANCE_APPROVER" in held.words
    refused = await shell("approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "good work")
    assert refused.code == 1
    assert "lift the hold first" in refused.words
    lifted = await shell.done("lift", reference, "--as", "dora.kim", "--reason", "it was withdrawn")
    assert f"{reference} the hold is lifted" in lifted.stdout
    assert "Next: approval by" in lifted.stdout


@pytest.mark.slow
async def test_of_several_holds_each_is_shown_signed_and_lifted_by_itself(
    shell: Shell, desk: Desk, reference: str
) -> None:
    await awaiting_approval(desk, reference)
    await shell.done("hold", reference, "--as", "femi.ade", "--reason", "an audit")
    held = await shell.done("hold", reference, "--as", "dora.kim", "--reason", "a complaint")
    first, second = (one.number for one in (await desk.known_partnership(reference)).holds)
    both = f"hold {first} by femi.ade: an audit; hold {second} by dora.kim: a complaint"
    assert f"Next: lift 2 holds, each by itself: {both}" in held.words
    shown = await shell.done("show", reference)
    assert f"On hold ({first}): all of it, by femi.ade since" in shown.words
    assert f"On hold ({second}): all of it, by dora.kim since" in shown.words
    signs = await facts_of(desk, await desk.known_sight(reference), c.LiftHold, "femi.ade", {"holds": (second,)})
    assert f"  on hold: hold {first} by femi.ade: an audit" in signs
    assert f"  this lifts: hold {second}" in signs
    unnamed = await shell("lift", reference, "--as", "femi.ade", "--reason", "answered")
    assert f"say which is lifted: --hold {first} (by femi.ade: an audit); --hold {second}" in unnamed.words
    own = await shell("lift", reference, "--hold", str(first), "--as", "femi.ade", "--reason", "answered")
    assert "femi.ade placed the hold; another person must lift it" in own.words
    once = await shell.done("lift", reference, "--hold", str(second), "--as", "femi.ade", "--reason", "answered")
    assert "Next: lift the hold: by femi.ade: an audit" in once.words
    await shell.done("lift", reference, "--hold", str(first), "--as", "dora.kim", "--reason", "answered", "--yes")
    told = await shell.done("history", reference)
    assert f"hold {second}: answered" in told.words
    assert (await desk.known_partnership(reference)).holds == ()
    assert (
        "give one ID with it"
        in (await shell("lift", reference, "P-1", "--hold", "3", "--as", "x", "--reason", "y")).words
    )


@pytest.mark.slow
async def test_a_partnership_ends_by_decline_by_withdrawal_or_by_termination(
    shell: Shell, desk: Desk, new_reference: NewReference
) -> None:
    declined, withdrawn, terminated = new_reference(), new_reference(), new_reference()
    await asyncio.gather(awaiting_approval(desk, declined), awaiting_approval(desk, withdrawn))
    await Life(desk, terminated).signed(proposal(terminated))
    answers = await shell.together(
        ("decline", declined, "--as", "ana.silva", "--reason", "no budget this year"),
        ("withdraw", withdrawn, "--as", "pia.berg", "--reason", "another donor was found"),
        ("terminate", terminated, "--as", "dora.kim", "--reason", "the libraries closed"),
    )
    for answer, (reference, word) in zip(
        answers, ((declined, "declined"), (withdrawn, "withdrawn"), (terminated, "terminated")), strict=True
    ):
        assert answer.code == 0, answer
        assert f"{reference} {word}" in answer.stdout
        assert f"Stage: {word.upper()}" in answer.stdout
        assert "Next:" not in answer.stdout
    await until_shown(desk)
    listed, shown = await shell.together(("list", "--json"), ("show", declined))
    why = {row["partnership_id"]: row["why"] for row in listed.json}
    assert [why[reference] for reference in (declined, withdrawn, terminated)] == [
        "no budget this year", "another donor was found", "the libraries closed",
    ]  # fmt: skip
    assert "Why: no budget this year" in shown.stdout


@pytest.mark.slow
async def test_a_released_payment_is_cancelled_until_its_file_is_handed_over(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path
) -> None:
    life = Life(desk, reference)
    await life.released(proposal(reference))
    message_id = await life.file()
    cancel = (
        "payments",
        "cancel",
        reference,
        "--tranche",
        "1",
        "--as",
        "femi.ade",
        "--reason",
        "the account is in doubt",
    )
    hand_over = ("--out", tmp_path / "out", "--as", "paul.nkosi")
    cancelled = await shell.done(*cancel)
    assert f"{reference} tranche 1: the payment is cancelled, and leaves in no file." in cancelled.words
    assert f"File {message_id} is void; its other payments wait again" in cancelled.words
    assert_fails(await shell("payments", "hand-over", message_id, *hand_over), REFUSED, f"{message_id} is VOID")
    await life.until_tranche(TrancheState.CANCELLED)

    await shell.done("release", reference, "--tranche", "1", "--as", "paul.nkosi")
    await life.instructed(attempt=2)
    await shell.done("payments", "hand-over", await life.file(), *hand_over)
    refused = await shell(*cancel)
    assert_fails(refused, REFUSED, "bank")
    assert [end_to_end_id(payment_id(reference, 1, 2)) in path.read_text() for path in files_in(tmp_path / "out")] == [
        True
    ]


@pytest.mark.slow
async def test_what_has_paid_is_neither_declined_nor_withdrawn_when_it_is_decided_anew_and_is_terminated(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    life, why = Life(desk, reference), ("--reason", "the libraries closed")
    await life.bank_says(
        await life.released(proposal(reference, funds_out=funds_out("600.00", "400.00"))), BankStatus.SETTLED
    )
    await life.until_tranche(TrancheState.SETTLED)
    after = proposal(reference, funds_out=funds_out("600.00", "400.00", uses=("EQUIPMENT",)))
    content = after.model_dump(mode="json", exclude_none=True)
    await shell.done("amend", file(content), "--as", "pia.berg", "--reason", "a projector is needed")
    before = await life.until_stage(Stage.APPROVAL)
    told = [f"{reference} has paid already; it is terminated: `accord terminate`"]
    await assert_all_fail(
        shell,
        (("decline", reference, "--as", "ana.silva", *why), REFUSED, told),
        (("withdraw", reference, "--as", "pia.berg", *why), REFUSED, told),
    )
    after_all = await life.state()
    assert (after_all.stage, after_all.tranches) == (Stage.APPROVAL, before.tranches)
    ended = await shell.done("terminate", reference, "--as", "dora.kim", *why)
    assert "Stage: TERMINATED" in ended.stdout
    assert (await life.state()).tranches == before.tranches


@pytest.mark.slow
async def test_a_gift_is_signed_without_an_account(shell: Shell, desk: Desk, reference: str) -> None:
    await Life(desk, reference).approved(proposal(reference, funds_in=funds_in()))
    signed = await shell.done("sign-agreement", reference, "--as", "dora.kim")
    assert "Next: the donor's money: USD 5,000.00" in signed.words


@pytest.mark.slow
async def test_a_bank_account_is_recorded_under_one_reference_however_often(shell: Shell, file: File) -> None:
    path = file('holder = "Upland Readers"\nnumber = "00998877"\nbic = "MOCKNL2A"\ntown = "Upland"\ncountry = "US"\n')
    first = await shell.done("payments", "account", path, "--as", "vera.lind")
    second = await shell.done("payments", "account", path, "--as", "femi.ade", "--json")
    account = second.json["reference"]
    assert f"Recorded as {account}. Next, by another person who calls back:" in first.words
    assert f"accord payments confirm {account} --as STAFF --note" in first.words


@pytest.mark.slow
async def test_a_title_is_shown_as_it_was_written_even_in_a_narrow_terminal(
    shell: Shell, desk: Desk, reference: str
) -> None:
    title = "Skills [/bold] for [all] of us"
    await Life(desk, reference).propose(proposal(reference, title=title))
    shown, listed, told = await shell.where(COLUMNS="80").together(
        ("show", reference), ("list",), ("history", reference)
    )
    assert (listed.code, told.code) == (0, 0)
    assert shown.code == 0, shown
    assert title in shown.words


@pytest.mark.slow
async def test_control_characters_of_a_proposal_do_not_reach_the_terminal(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    answer: Any = await shell(
        "propose", file(proposal_text(reference, title=r'"Skills \u001b[2J for all"')), "--as", "pia.berg"
    )
    shown = await shell("show", reference)
    assert "\x1b" not in answer.stdout + answer.stderr + shown.stdout + shown.stderr


@pytest.mark.slow
async def test_what_changed_since_it_was_shown_is_named_before_anybody_signs(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = await awaiting_approval(desk, reference)
    shown = (await shell.done("show", reference, "--json")).json["version"]
    assert f"Version: {shown}" in (await shell.done("show", reference)).stdout
    smaller = proposal(reference, funds_out=funds_out("20000.00"))
    await life.do(c.Amend, "pia.berg", proposal=smaller, reason="a smaller project")
    approve = ("approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "fits the programme", "--seen")
    await assert_all_fail(
        shell,
        ((*approve, str(shown)), REFUSED, [f"since version {shown} of {reference} this changed: ", "amount"]),
        ((*approve, "999"), REFUSED, [f"{reference} has no version 999"]),
        ((*approve, "0"), REFUSED, [f"{reference} has no version 0"]),
    )
    assert (await life.told()).count("ApprovalGiven") == 0
    await life.until_stage(Stage.APPROVAL)
    newest = (await shell.done("show", reference, "--json")).json["version"]
    assert "approved" in (await shell.done(*approve, str(newest))).stdout
