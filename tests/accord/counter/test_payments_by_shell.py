"""The bank's counter by shell: what each command says, its JSON, its exit codes, and what it says of bad input."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.payment.payment_file import FileStatus
from payments.answers.messages import read_message
from payments.answers.sample_answer import INVENTED
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, booked, exceptions_of, files, handed_over, made_file, told_now
from tests.accord.shell import BAD_INPUT, REFUSED, Answer, Shell, assert_all_fail, assert_fails, files_in
from tests.payments.orders import RETURNED, notification
from tests.scribe import Scribe

File = Callable[..., Path]
PAUL, FEMI, DORA = ("--as", PAYER), ("--as", "femi.ade"), ("--as", "dora.kim")
NOTHING = "nothing of it was recorded"


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


@pytest.fixture
async def waiting(furnished: Desk) -> Scribe:
    """A partnership of one tranche that was released and waits for a file."""
    return await paying.released(furnished)


def one_line(answer: Answer, code: int, *told: str) -> None:
    assert_fails(answer, code, *told)
    assert len(answer.stderr.strip().splitlines()) == 1, answer


def assert_usage(answer: Answer, told: str) -> None:
    """The command line itself is wrong: exit code 2, and the usage names what."""
    assert (answer.code, told in answer.words, "Traceback" in answer.stderr) == (BAD_INPUT, True, False), answer


# From released to booked


async def test_a_payment_is_made_into_a_file_handed_over_and_booked(at: Shell, waiting: Scribe, tmp_path: Path) -> None:
    out = tmp_path / "out"
    dry = await at.done("payments", "export", "--dry-run", *PAUL)
    assert "Nothing was made (--dry-run)." in dry.stdout
    assert await files(waiting.desk) == []

    made = await at.done("payments", "export", *PAUL)
    (file,) = await files(waiting.desk)
    for words in (paying.REFERENCE, "Riverbend Library Network", "payments: 1, in all USD 1,000.00"):
        assert words in made.words
    assert f"accord payments hand-over {file.message_id} --out FOLDER --as STAFF" in made.words
    assert files_in(tmp_path) == []

    left = await at.done("payments", "hand-over", file.message_id, "--out", out, *PAUL)
    path = out / f"{file.message_id}.pain.001.xml"
    assert f"Handed over: {path}" in left.words
    assert files_in(out) == [path]

    sample = tmp_path / "answer.xml"
    answered = await at.done("payments", "sample-answer", file.message_id, "--out", sample)
    assert f"Next: accord payments import {sample} --as STAFF" in answered.words
    assert INVENTED in sample.read_text("utf-8")
    imported = await at.done("payments", "import", sample, *PAUL)
    assert "1 new, 0 known before, 0 for a person." in imported.words
    assert "SETTLED" in imported.stdout
    again = await at.done("payments", "import", sample, *FEMI)
    assert "0 new, 1 known before, 0 for a person." in again.words
    assert "Nothing waits for a person." in (await at.done("payments", "exceptions")).stdout
    assert "HANDED_OVER" in (await at.done("payments", "files")).stdout


@pytest.mark.slow
async def test_every_command_of_the_counter_is_json_where_asked(at: Shell, waiting: Scribe, tmp_path: Path) -> None:
    dry = (await at.done("payments", "export", "--dry-run", *PAUL, "--json")).json
    made = (await at.done("payments", "export", *PAUL, "--json")).json
    assert (dry, made["waiting"], made["voided"]) == (made, [], [])
    (file,) = made["files"]
    one = await paying.instruction(waiting)
    assert file == {
        "message_id": file["message_id"], "count": 1, "total": "1000.00", "currency": "USD", "sha256": file["sha256"],
        "payments": [
            {
                "partnership_id": paying.REFERENCE, "tranche": 1, "attempt": 1, "amount": "1000.00", "currency": "USD",
                "payee": "Riverbend Library Network", "end_to_end_id": one.end_to_end_id,
            }
        ],
    }  # fmt: skip
    message = file["message_id"]
    left = (await at.done("payments", "hand-over", message, "--out", tmp_path, *PAUL, "--json")).json
    path = str(tmp_path / f"{message}.pain.001.xml")
    handed = {"message_id": message, "sha256": file["sha256"], "payments": 1, "path": path}
    assert {name: left[name] for name in handed} == handed
    assert (left["void"], left["instead"]) == ("", None)
    listed = (await at.done("payments", "files", "--json")).json
    stands = {
        "message_id": message,
        "status": "HANDED_OVER",
        "row_says": "HANDED_OVER",
        "payments": 1,
        "sha256": file["sha256"],
        "reason": "",
        "is_sheet": False,
        "typed": [],
        "countersigned_by": None,
    }
    assert listed == [{**stands, "made_by": PAYER, "handed_over_by": [PAYER]}]
    written = (await at.done("payments", "write-again", message, "--out", tmp_path, *FEMI, "--json")).json
    assert written == {"path": path, "in_doubt": []}
    content = told_now(booked(paying.identifier(waiting)), booked("ACCUNKNOWN"))
    (tmp_path / "bank.xml").write_bytes(content)
    found = (await at.done("payments", "import", tmp_path / "bank.xml", *PAUL, "--json")).json
    assert ([answer["status"] for answer in found["new"]], found["known"]) == (["SETTLED"], 0)
    (waits,) = found["for_a_person"]
    assert (waits["kind"], waits["reason"]) == ("UNKNOWN_PAYMENT", "payment ACCUNKNOWN is not ours")
    (shown,) = (await at.done("payments", "exceptions", "--json")).json
    assert (shown["name"], shown["kind"], shown["file_name"]) == (waits["exception"], "UNKNOWN_PAYMENT", "bank.xml")
    resolved = await at.done(
        "payments", "resolve", waits["exception"], "--kind", "ours", "--note", "a fee", *FEMI, "--json"
    )
    assert resolved.json == {"exception": waits["exception"], "waits_for_second": False}
    everything = (await at.done("payments", "exceptions", "--all", "--json")).json
    assert [one["name"] for one in everything] == [waits["exception"]]


@pytest.mark.slow
async def test_several_files_are_handed_over_each_with_an_answer_of_its_own(
    at: Shell, waiting: Scribe, tmp_path: Path
) -> None:
    """Given a file and one that there is not, when both are handed over, then the one leaves and the other is told."""
    [file] = (await at.done("payments", "export", *PAUL, "--json")).json["files"]
    both = (file["message_id"], "ACCMNOTHERE")
    answer = await at("payments", "hand-over", *both, "--out", tmp_path, *PAUL, "--json")
    assert (answer.code != 0, "1 done, 1 not" in answer.stderr) == (True, True)
    left, missing = answer.json
    assert (left["message_id"], left["void"], left["path"]) == (
        both[0],
        "",
        str(tmp_path / f"{both[0]}.pain.001.xml"),
    )
    assert (missing["message_id"], set(missing)) == (both[1], {"message_id", "error"})
    again = await at.done("payments", "files", "--json")
    assert [one["status"] for one in again.json] == ["HANDED_OVER"]


@pytest.mark.slow
async def test_what_waits_is_told_with_its_reason_and_exit_code_after_what_was_made(at: Shell, waiting: Scribe) -> None:
    await paying.released(waiting.desk, OTHER)
    await paying.hold(waiting)
    told = (
        f"waiting, and in no file: {paying.REFERENCE} tranche 1: it stands on hold (by vera.lind: a complaint came in)"
    )
    dry = await at("payments", "export", "--dry-run", *PAUL, "--json")
    assert_fails(dry, REFUSED, told)
    answer = await at("payments", "export", *PAUL)
    assert_fails(answer, REFUSED, told)
    assert OTHER in answer.stdout
    again = await at("payments", "export", *PAUL, "--json")
    assert_fails(again, REFUSED, told)
    assert again.json["files"] == []
    assert [one["reason"] for one in again.json["waiting"]] == ["it stands on hold (by vera.lind: a complaint came in)"]


@pytest.mark.slow
async def test_a_payment_that_fails_at_the_hand_over_voids_the_file_and_the_others_are_shown_in_a_new_one(
    at: Shell, waiting: Scribe, tmp_path: Path
) -> None:
    await paying.released(waiting.desk, OTHER)
    file = await made_file(waiting.desk)
    await paying.hold(waiting)
    answer = await at("payments", "hand-over", file.message_id, "--out", tmp_path, *PAUL)
    assert_fails(answer, REFUSED, f"not handed over, and {file.message_id} is void: {paying.REFERENCE} tranche 1")
    (newer,) = await files(waiting.desk, FileStatus.MADE)
    assert f"accord payments hand-over {newer.message_id} --out FOLDER" in answer.words
    assert files_in(tmp_path) == []
    one_line(await at("payments", "hand-over", file.message_id, "--out", tmp_path, *PAUL), REFUSED, "is VOID", "export")


@pytest.mark.slow
async def test_the_step_after_a_payment_stands_in_a_file_is_its_hand_over(at: Shell, waiting: Scribe) -> None:
    """Given a file with a released payment, then its partnership asks for its hand-over, and for no other file."""
    file = await made_file(waiting.desk)
    told = (await at.done("show", paying.REFERENCE)).words
    assert f"accord payments hand-over {file.message_id} --out FOLDER" in told
    assert ("Next: hand over the payment file" in told, "make the payment file" in told) == (True, False)


@pytest.mark.slow
async def test_two_agree_on_writing_again_what_would_not_pass_now(at: Shell, waiting: Scribe, tmp_path: Path) -> None:
    file = await handed_over(waiting.desk, tmp_path / "first")
    await paying.hold(waiting)
    again = ("payments", "write-again", file.message_id, "--out", tmp_path / "again")
    first = await at(*again, *PAUL)
    assert_fails(first, REFUSED, f"not written: {PAYER} agrees, and another person must as well")
    assert f"Would not pass now: {paying.REFERENCE} tranche 1, attempt 1: it stands on hold" in first.words
    second = await at.done(*again, *FEMI)
    assert "Written again: " in second.words
    assert [path.read_bytes() for path in files_in(tmp_path / "again")] == [file.content]


@pytest.mark.slow
async def test_two_resolve_what_moves_money_and_each_is_told_what_is_next(
    at: Shell, waiting: Scribe, tmp_path: Path, file: File
) -> None:
    await handed_over(waiting.desk, tmp_path)
    known = paying.identifier(waiting)
    debit = file(told_now(booked(known, reference="D-1")), "debit.xml")
    part = booked(known, "400.00", direction="CRDT", details=RETURNED, reference="C-1")
    credit = file(told_now(part, message="BANK-2"), "credit.xml")
    imported = await at.done("payments", "import", debit, credit, *PAUL)
    assert "1 new, 0 known before, 1 for a person." in imported.words
    assert "Next: `accord payments exceptions`, and `accord payments resolve`." in imported.words
    (name,) = set(re.findall(r"EX-[0-9A-F]{10}", imported.stdout))
    assert name in (await at.done("payments", "exceptions")).stdout
    resolve = ("payments", "resolve", name, "--kind", "belongs-to", "--note", "their desk said so")
    one_line(await at(*resolve, *PAUL), REFUSED, f"{PAYER} took part in it")
    assert "It counts once another person says the same" in (await at.done(*resolve, *FEMI)).words
    assert f"{name} is resolved: belongs-to." in (await at.done(*resolve, *DORA)).words
    one_line(await at(*resolve, *DORA), REFUSED, f"{name} was resolved by dora.kim")
    assert str((await waiting.reread()).tranches[0].returned) == "400.00"


@pytest.mark.slow
async def test_it_is_too_early_to_say_that_a_file_never_arrived(
    at: Shell, waiting: Scribe, tmp_path: Path, file: File
) -> None:
    left = await handed_over(waiting.desk, tmp_path)
    word = ("payments", "never-sent", left.message_id, "--word", file("no such file", "letter.txt"))
    one_line(await at(*word, *FEMI), REFUSED, "it was to be executed on", "says anybody that it never arrived")


# Bad input


@pytest.mark.slow
async def test_a_message_that_is_no_file_of_ours_is_bad_input_everywhere(
    at: Shell, furnished: Desk, tmp_path: Path, file: File
) -> None:
    word = file("they never got it", "letter.txt")
    told = ["there is no payment file", "`accord payments files` shows those there are"]
    await assert_all_fail(
        at,
        *(
            ((*command, message, *rest), BAD_INPUT, told)
            for message in ("ACCMNONE", "../../etc/passwd", "x" * 3000)
            for command, rest in (
                (("payments", "hand-over"), ("--out", tmp_path / "out", *PAUL)),
                (("payments", "write-again"), ("--out", tmp_path / "out", *PAUL)),
                (("payments", "never-sent"), ("--word", word, *FEMI)),
            )
        ),
        (
            ("payments", "sample-answer", "ACCMNONE", "--out", tmp_path / "a.xml"), BAD_INPUT,
            ["'ACCMNONE' was not handed over, so no bank can answer on it"],
        ),
    )  # fmt: skip
    assert files_in(tmp_path / "out") == []
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files") == 0


@pytest.mark.slow
async def test_a_folder_that_is_a_file_or_cannot_be_written_to_is_bad_input_and_nothing_is_signed(
    at: Shell, waiting: Scribe, file: File
) -> None:
    made = await made_file(waiting.desk)
    taken = file("", "taken")
    head = await waiting.desk.ledger.head()
    hand_over = ("payments", "hand-over", made.message_id, *PAUL, "--out")
    await assert_all_fail(
        at,
        ((*hand_over, taken), BAD_INPUT, ["is a file; name a folder"]),
        ((*hand_over, taken / "deeper"), BAD_INPUT, ["cannot be written to", "nothing was signed or handed over"]),
        ((*hand_over, "/proc/self"), BAD_INPUT, ["cannot be written to", "nothing was signed or handed over"]),
    )
    assert await waiting.desk.ledger.head() == head


@pytest.mark.slow
async def test_whoever_may_not_is_told_who_may(at: Shell, waiting: Scribe, tmp_path: Path, file: File) -> None:
    made = await made_file(waiting.desk)
    pia, answer = ("--as", "pia.berg"), file(told_now(booked("ACCUNKNOWN")), "bank.xml")
    await assert_all_fail(
        at,
        (("payments", "export", *pia), REFUSED, ["Pia Berg may not make a payment file: a payer must"]),
        (("payments", "export", *FEMI), REFUSED, ["Femi Ade may not make a payment file: a payer must"]),
        (("payments", "hand-over", made.message_id, "--out", tmp_path / "o", *pia), REFUSED, ["Pia Berg may not"]),
        (("payments", "write-again", made.message_id, "--out", tmp_path / "o", *pia), REFUSED, ["Pia Berg may not"]),
        (("payments", "import", answer, *pia), REFUSED, ["Pia Berg may not bring in an answer of the bank"]),
        (("payments", "import", answer, "--as", "nobody.here"), REFUSED, ["nobody.here"]),
    )
    assert await exceptions_of(waiting.desk) == []
    assert [path.name for path in files_in(tmp_path)] in (["bank.xml"], ["bank.xml", "o"])


@pytest.mark.slow
async def test_a_file_that_no_bank_sent_is_bad_input_and_records_nothing(
    at: Shell, furnished: Desk, file: File, tmp_path: Path
) -> None:
    ours = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn/></Document>'
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d>&b;</d>'
    good = file(told_now(booked("ACCUNKNOWN")), "good.xml")
    bring = ("payments", "import")
    await assert_all_fail(
        at,
        ((*bring, file(ours, "ours.xml"), *PAUL), BAD_INPUT, ["is a pain.001, payments of ours", NOTHING]),
        ((*bring, file(notification()[:200], "cut.xml"), *PAUL), BAD_INPUT, ["cut.xml is not whole XML", NOTHING]),
        ((*bring, file(bomb, "bomb.xml"), *PAUL), BAD_INPUT, ["declares entities", NOTHING]),
        ((*bring, file("", "empty.xml"), *PAUL), BAD_INPUT, ["empty.xml", NOTHING]),
        ((*bring, tmp_path / "none.xml", *PAUL), BAD_INPUT, ["none.xml cannot be opened", NOTHING]),
        ((*bring, tmp_path, *PAUL), BAD_INPUT, ["Is a directory", NOTHING]),
        ((*bring, good, tmp_path / "none.xml", *PAUL), BAD_INPUT, ["none.xml cannot be opened", NOTHING]),
    )
    assert_usage(await at(*bring, good), "--as")
    assert await furnished.pool.fetchval("SELECT count(*) FROM payments.bank_files") == 0


@pytest.mark.slow
async def test_a_name_of_a_bank_file_that_is_no_text_is_taken_all_the_same(
    at: Shell, furnished: Desk, file: File
) -> None:
    path = file(told_now(booked("ACCUNKNOWN")), os.fsdecode(b"bank-\xff.xml"))
    answer = await at.done("payments", "import", path, *PAUL)
    assert "0 new, 0 known before, 1 for a person." in answer.words
    assert await furnished.pool.fetchval("SELECT name FROM payments.bank_files") == "bank-?.xml"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["EX-FFFFFFFFFF", "EX-", "nonsense", "\x1b[2J"])
async def test_an_exception_that_there_is_not_is_bad_input(at: Shell, furnished: Desk, name: str) -> None:
    answer = await at("payments", "resolve", name, "--kind", "ours", "--note", "a fee", *FEMI)
    one_line(answer, BAD_INPUT, "of the exceptions; see `accord payments exceptions`")
    assert "\x1b" not in answer.stderr


@pytest.mark.slow
async def test_what_a_resolution_lacks_or_cannot_be_is_bad_input_and_resolves_nothing(
    at: Shell, furnished: Desk, file: File
) -> None:
    await at.done("payments", "import", file(told_now(booked("ACCUNKNOWN")), "bank.xml"), *PAUL)
    (waits,) = await exceptions_of(furnished)
    resolve: Any = ("payments", "resolve", waits.name, *FEMI)
    belongs = (*resolve, "--kind", "belongs-to", "--note", "it is theirs")
    await assert_all_fail(
        at,
        ((*resolve, "--kind", "ours", "--note", ""), BAD_INPUT, ["note"]),
        ((*resolve, "--kind", "ours", "--note", " "), BAD_INPUT, ["note"]),
        (belongs, BAD_INPUT, ["say whose it is: --partnership P-..., and --tranche for a payment"]),
        ((*belongs, "--partnership", "nonsense"), BAD_INPUT, ["nonsense"]),
        ((*belongs, "--partnership", "P-2026-0999", "--tranche", "1"), REFUSED, ["no partnership P-2026-0999"]),
    )
    assert_usage(await at(*resolve, "--kind", "ours"), "--note")
    assert_usage(await at(*resolve, "--kind", "nonsense", "--note", "a fee"), "belongs-to")
    assert_usage(await at(*belongs, "--partnership", "P-2026-0999", "--tranche", "-1"), "--tranche")
    assert [one.exception_id for one in await exceptions_of(furnished)] == [waits.exception_id]


@pytest.mark.slow
@pytest.mark.parametrize("tranche", ["0", "-1"])
async def test_a_tranche_that_can_be_none_is_bad_input_to_a_cancellation(
    at: Shell, waiting: Scribe, tranche: str
) -> None:
    words = ("payments", "cancel", waiting.reference, "--tranche", tranche, *FEMI, "--reason", "in doubt")
    assert_fails(
        await at(*words), BAD_INPUT, "tranche: Input should be greater than or equal to 1", "nothing was recorded"
    )


@pytest.mark.slow
async def test_a_sample_answer_that_cannot_be_written_is_bad_input(at: Shell, waiting: Scribe, tmp_path: Path) -> None:
    left = await handed_over(waiting.desk, tmp_path / "out")
    answer = await at("payments", "sample-answer", left.message_id, "--out", tmp_path / "none" / "a.xml")
    one_line(answer, BAD_INPUT, "cannot be written")


@pytest.mark.slow
async def test_a_sample_answer_is_a_message_that_says_it_is_invented(
    at: Shell, waiting: Scribe, tmp_path: Path
) -> None:
    left = await handed_over(waiting.desk, tmp_path / "out")
    await at.done("payments", "sample-answer", left.message_id, "--out", tmp_path / "a.xml")
    assert len(read_message((tmp_path / "a.xml").read_bytes())) == 1
