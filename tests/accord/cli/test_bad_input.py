"""An impossible command is refused in one message with fault and remedy, without a trace and without an effect."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from accord.presentation.input_files import MOST_BYTES
from domain.partnership.stages import Stage
from domain.streams import StreamId
from records.keys.keyring import Keyring
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
from tests.builders import proposal
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")

File = Callable[..., Path]
NewReference = Callable[[], str]
ACTOR = ("--as", "pia.berg")
BMF = SAMPLE / "registers" / "bmf.csv"


@pytest.fixture(scope="module")
async def awaiting(worker: None, desk: Desk) -> str:
    """A partnership that waits for approval."""
    life = Life(desk, "P-2026-880001")
    await life.propose(proposal(life.reference))
    await life.until_stage(Stage.APPROVAL)
    return life.reference


@pytest.fixture(scope="module")
async def agreed(worker: None, desk: Desk) -> str:
    """A partnership whose agreement waits for its signature."""
    return (await Life(desk, "P-2026-880002").approved(proposal("P-2026-880002"))).partnership_id


@pytest.fixture(scope="module")
async def paying(worker: None, desk: Desk) -> str:
    """A partnership with a payment on its way."""
    await Life(desk, "P-2026-880003").released(proposal("P-2026-880003"))
    return "P-2026-880003"


@pytest.fixture
async def stuck(client: Client, reference: str) -> AsyncIterator[str]:
    """A reference whose workflow, should one be started after all, does not outlive the test."""
    yield reference
    with suppress(RPCError):
        await client.get_workflow_handle(StreamId.partnership(reference)).terminate("the test is over")


# Files.


async def test_a_proposal_with_wrong_and_missing_fields_is_answered_once_with_every_field_fault_and_remedy(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    content = proposal_content(reference)
    del content["title"]
    content["titel"] = "Digital skills"
    content["partner"] |= {"kind": "CHARITY", "country": "usa", "ein": 1000001}
    content["public_interest"]["statement"] = ""
    content["funds_out"]["funder"] = "isoc"
    content["funds_out"]["tranches"][0]["money"] = {"amount": "-5", "currency": "DOLLAR"}
    answer = await shell("propose", file(content), *ACTOR)
    assert_fails(
        answer, BAD_INPUT, " fields to mend; nothing was recorded",
        "title: missing; add it", "titel: no such field; remove it or correct its name",
        "partner.kind: 'CHARITY' is not known; write 'NONPROFIT', 'GOVERNMENT'",
        "partner.country: 'usa' is not an ISO 3166-1 country code; write two capitals, such as UG",
        "partner.ein: write the EIN as text in quotes, such as '54-1650477'",
        "public_interest.statement: ", "funds_out.funder: 'isoc' does not have the form ",
        "funds_out.tranches.0.money.amount: ", "funds_out.tranches.0.money.currency: 'DOLLAR' is not an ISO 4217",
        "`accord schema proposal` shows every field",
    )  # fmt: skip
    assert await desk.partnership(reference) is None


async def test_who_names_several_payees_is_told_how_several_are_paid(shell: Shell, reference: str, file: File) -> None:
    content = proposal_content(reference)
    content["funds_out"]["payees"] = [content["funds_out"]["payee"]]
    answer = await shell("propose", file(content), *ACTOR)
    assert_fails(answer, BAD_INPUT, "funds_out.payees: no such field; one partnership pays one payee", "`under`")


async def test_a_fault_inside_a_tranche_is_told_once_and_not_as_tranches_that_are_missing(
    shell: Shell, reference: str, file: File
) -> None:
    answer = await shell("propose", file(proposal_text(reference).replace('"30000.00"', '"-5"')), *ACTOR)
    assert_fails(answer, BAD_INPUT, "has 1 field to mend", "funds_out.tranches.0.money.amount: ")
    assert "not 0" not in answer.words


@pytest.mark.slow
async def test_a_file_that_cannot_be_read_is_named_with_its_fault(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    text = proposal_text(reference)
    latin = text.replace("Riverbend", "Rivière").encode("latin-1")
    await assert_all_fail(
        shell,
        (("propose", file(text + "\n= broken", "a.toml"), *ACTOR), BAD_INPUT, ["a.toml is not TOML", "line"]),
        (("propose", file("{", "a.json"), *ACTOR), BAD_INPUT, ["a.json is not JSON", "line 1"]),
        (("propose", file("[]", "list.json"), *ACTOR), BAD_INPUT, ["the file as a whole"]),
        (("propose", file("", "empty.toml"), *ACTOR), BAD_INPUT, ["reference: missing", "title: missing"]),
        (("propose", file(latin, "latin.toml"), *ACTOR), BAD_INPUT, ["latin.toml is not UTF-8 text", "save it as"]),
        (("propose", tmp_path / "none.toml", *ACTOR), BAD_INPUT, ["none.toml cannot be opened: No such file"]),
        (("propose", tmp_path, *ACTOR), BAD_INPUT, ["cannot be opened: Is a directory"]),
    )
    assert await desk.partnership(reference) is None


@pytest.mark.slow
async def test_a_long_file_is_answered_in_a_few_lines(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    """Given files as long as they may be, and longer, when they are proposed, then a few lines say what is wrong."""
    content = proposal_content(reference)
    much, too_much = "x" * (MOST_BYTES - 10_000), "x" * MOST_BYTES
    quotes, dots = "'" * (MOST_BYTES - 10_000), "a." * (MOST_BYTES // 2 - 10_000)
    files = {
        file(proposal_text(reference, title=f'"{much}"'), "title.toml"): "has 1 field",
        file({**content, "public_interest": much}, "part.json"): "has 1 field",
        file(proposal_text(reference, title=f'"{quotes}"'), "quotes.toml"): "has 1 field",
        file(proposal_text(reference, title=f'"{dots}"'), "dots.toml"): "dots.toml: line 5 has a key of more than 64",
        file(proposal_text(reference, title=f'"{too_much}"'), "long.toml"): "long.toml has more than 1,048,576 bytes",
        file({**content, "title": too_much}, "long.json"): "long.json has more than 1,048,576 bytes",
    }
    await assert_all_fail(shell, *((("propose", path, *ACTOR), BAD_INPUT, [told]) for path, told in files.items()))
    assert await desk.partnership(reference) is None


@pytest.mark.slow
async def test_of_many_wrong_fields_the_first_are_told_and_how_many_more(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    """Given a file with fifty thousand wrong entries, when it is proposed, then it is answered all the same."""
    content = proposal_content(reference)
    content["funds_out"]["tranches"] = [1] * 50_000
    content["contacts"] = [{}] * 50_000
    answer = await shell("propose", file(content), *ACTOR)
    assert_fails(
        answer, BAD_INPUT, "fields to mend; nothing was recorded", "funds_out.tranches.0: ", "more `accord schema"
    )
    assert len(answer.stderr.splitlines()) < 30
    assert await desk.partnership(reference) is None


@pytest.mark.parametrize("part", ["a", '"a b"', "'a'"])
async def test_a_key_that_is_too_deep_is_told_by_its_line(
    shell: Shell, desk: Desk, reference: str, file: File, part: str
) -> None:
    """Given a key of fifty thousand parts, when its file is proposed, then its line is named."""
    deep = proposal_text(reference) + "\n" + " . ".join([part] * 50_000) + " = 1\n"
    answer = await shell("propose", file(deep), *ACTOR)
    assert_fails(answer, BAD_INPUT, f"line {deep.count(chr(10))} has a key of more than 64 parts")
    assert await desk.partnership(reference) is None


async def test_what_a_field_holds_is_not_repeated_in_full_however_long_it_is(
    shell: Shell, reference: str, file: File
) -> None:
    content = proposal_content(reference)
    content["reference"] = content["partner"]["kind"] = content["partner"]["country"] = "9" * 100_000
    content["partner"]["ein"] = "9" * 100_000
    answer = await shell("propose", file(content), *ACTOR)
    assert_fails(answer._replace(stderr=answer.stderr[:2000]), BAD_INPUT, "reference: ")
    assert len(answer.stderr) < 3000


async def test_a_file_nested_without_end_is_bad_input(shell: Shell, file: File) -> None:
    deep = "[" * 100_000
    await assert_all_fail(
        shell,
        (("propose", file(deep, "deep.json"), *ACTOR), BAD_INPUT, ["deep.json"]),
        (("propose", file(f"a = {deep}", "deep.toml"), *ACTOR), BAD_INPUT, ["deep.toml"]),
    )


async def test_a_number_beyond_all_measure_is_bad_input(shell: Shell, file: File) -> None:
    answer = await shell("propose", file('{"title": 1e99999999999999999999}', "big.json"), *ACTOR)
    assert_fails(answer, BAD_INPUT, "big.json")


async def test_a_nul_character_in_a_proposal_is_bad_input_and_reaches_nothing(
    shell: Shell, desk: Desk, stuck: str, file: File
) -> None:
    answer = await shell("propose", file(proposal_text(stuck, title=r'"Skills\u0000for all"')), *ACTOR)
    assert_fails(answer, BAD_INPUT, "title: ")
    assert await desk.partnership(stuck) is None


async def test_a_nul_character_in_bank_details_or_in_the_directory_is_bad_input(shell: Shell, file: File) -> None:
    account = r'holder = "A\u0000B"' + '\nnumber = "00112233"\nbic = "MOCKNL2A"\ntown = "Up"\ncountry = "US"\n'
    staff = r"[[staff]]" + "\n" + r'staff_id = "zoe.nul"' + "\n" + r'name = "Zoe\u0000Nul"' + '\nroles = ["AUDITOR"]\n'
    await assert_all_fail(
        shell,
        (("payments", "account", file(account, "account.toml"), "--as", "vera.lind"), BAD_INPUT, ["holder: "]),
        (("directory", "load", file(staff, "directory.toml")), BAD_INPUT, ["name: "]),
    )


@pytest.mark.slow
async def test_the_schema_that_a_message_points_to_can_be_asked_for(shell: Shell, file: File) -> None:
    bad = file("nonsense = 1\n", "bad.toml")
    answers = await shell.together(
        ("propose", bad, *ACTOR), ("payments", "account", bad, "--as", "vera.lind"), ("directory", "load", bad)
    )
    hints = [re.findall(r"`accord (schema \w+)`", answer.words) for answer in answers]
    assert [len(hint) for hint in hints] == [1, 1, 1]
    asked = await shell.together(*(hint[0].split() for hint in hints))
    assert [(answer.said[-1], answer.code) for answer in asked] == [("proposal", 0), ("account", 0), ("directory", 0)]


# Money and identifiers.


@pytest.mark.slow
async def test_a_decimal_number_in_json_or_toml_is_taken_exactly(
    shell: Shell, desk: Desk, new_reference: NewReference, file: File
) -> None:
    amounts = ("1000.10", "90071992547409.93", "1E+3")
    references = [new_reference() for _ in range(4)]
    texts = [
        json.dumps(proposal_content(r)).replace('"30000.00"', a) for r, a in zip(references, amounts, strict=False)
    ]
    files = [file(text, f"{number}.json") for number, text in enumerate(texts)]
    files.append(file(proposal_text(references[3]).replace('"30000.00"', "0.29"), "3.toml"))
    answers = await shell.together(*(("propose", path, *ACTOR) for path in files))
    assert [answer.code for answer in answers] == [0, REFUSED, 0, 0], answers
    assert "no approval tier covers USD 90,071,992,547,409.93" in answers[1].stderr  # exact, and refused at the door
    recorded = (references[0], *references[2:])
    states = [await desk.known_partnership(reference) for reference in recorded]
    assert [str(state.proposed.money) for state in states] == ["USD 1,000.10", "USD 1,000.00", "USD 0.29"]


@pytest.mark.slow
async def test_money_that_no_bank_can_pay_is_bad_input(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    text = json.dumps(proposal_content(reference))
    wrong = {"NaN": "amount", "0": "amount", "10.001": "decimal places",
             '"ten"': "amount", "1e15": "largest sum"}  # fmt: skip
    await assert_all_fail(
        shell,
        *(
            (("propose", file(text.replace('"30000.00"', value), f"{n}.json"), *ACTOR), BAD_INPUT, [told])
            for n, (value, told) in enumerate(wrong.items())
        ),
    )
    assert await desk.partnership(reference) is None


@pytest.mark.slow
async def test_an_identifier_that_nobody_has_is_refused_and_points_to_the_list(shell: Shell) -> None:
    names = ("P-2026-999999", "P-2026-00421", "../../etc/passwd", " ")
    await assert_all_fail(
        shell,
        *((("show", name), REFUSED, [f"no partnership {name.strip()}", "accord list"]) for name in names),
        (
            ("approve", "P-2026-999999", "--no-interest", "--as", "ana.silva", "--reason", "good work"),
            REFUSED,
            ["no partnership"],
        ),
    )


@pytest.mark.slow
async def test_a_payment_is_not_a_partnership(shell: Shell, paying: str) -> None:
    await assert_all_fail(
        shell,
        (("show", f"{paying}/tranche/1/attempt/1"), REFUSED, ["no partnership"]),
        (("history", f"{paying}/tranche/1/attempt/1"), REFUSED, ["no partnership"]),
    )


@pytest.mark.slow
async def test_bytes_that_are_no_text_on_the_command_line_are_bad_input(shell: Shell, awaiting: str) -> None:
    await assert_all_fail(
        shell,
        (("show", b"P-2026-\xff"), REFUSED, ["no partnership"]),
        (
            ("approve", awaiting, "--no-interest", "--as", "ana.silva", "--reason", b"good \xff work"),
            BAD_INPUT,
            ["reason"],
        ),
    )


# People and stages.


@pytest.mark.slow
async def test_what_the_stage_or_the_person_does_not_allow_is_refused(
    shell: Shell, desk: Desk, awaiting: str, agreed: str
) -> None:
    why = ("--reason", "good work")
    before = {reference: await state_of(desk, reference) for reference in (awaiting, agreed)}
    await assert_all_fail(
        shell,
        (("release", awaiting, "--as", "paul.nkosi"), REFUSED, [f"cannot release: {awaiting} is APPROVAL"]),
        (
            ("terminate", awaiting, "--as", "dora.kim", *why),
            REFUSED,
            [f"cannot terminate: {awaiting} is APPROVAL; decline it or let its proposer withdraw it"],
        ),
        (("approve", awaiting, "--no-interest", "--as", "nobody.known", *why), REFUSED, ["no key of nobody.known"]),
        (
            ("approve", awaiting, "--no-interest", "--as", "otto.audit", *why),
            REFUSED,
            ["Otto Marsh may not approve", "must"],
        ),
        (
            ("approve", awaiting, "--no-interest", "--as", "pia.berg", *why),
            REFUSED,
            [f"pia.berg proposed {awaiting} and may not"],
        ),
        (("withdraw", awaiting, "--as", "ana.silva", *why), REFUSED, ["Ana Silva may not withdraw: a proposer must"]),
        (
            ("approve", agreed, "--no-interest", "--as", "ana.silva", *why),
            REFUSED,
            [f"{agreed} is AGREEMENT", "approved it"],
        ),
        (("sign-agreement", agreed, "--as", "dora.kim"), REFUSED, ["--account BA-..."]),
        (("sign-agreement", agreed, "--as", "pia.berg", "--account", PAYEE_ACCOUNT), REFUSED, ["a director must"]),
    )
    assert {reference: await state_of(desk, reference) for reference in (awaiting, agreed)} == before


async def state_of(desk: Desk, reference: str) -> dict[str, Any]:
    """Everything but the version, which a refusal on record raises."""
    return (await desk.known_partnership(reference)).model_dump(exclude={"version"})


@pytest.mark.slow
async def test_a_proposal_from_nobody_for_nobody_or_under_a_taken_reference_is_refused(
    shell: Shell, desk: Desk, awaiting: str, new_reference: NewReference, file: File
) -> None:
    references = [new_reference() for _ in range(3)]
    own = [file(proposal_text(reference), f"{reference}.toml") for reference in references[:2]]
    own.append(file(proposal_text(references[2], funder='"NOBODY"'), "nobody.toml"))
    await assert_all_fail(
        shell,
        (("propose", own[0], "--as", "nobody.known"), REFUSED, ["no key of nobody.known"]),
        (("propose", own[1], "--as", "ana.silva"), REFUSED, ["Ana Silva may not propose: a proposer must"]),
        (("propose", own[2], *ACTOR), REFUSED, ["no funder NOBODY", "accord directory show"]),
        (("propose", file(proposal_text(awaiting)), *ACTOR), REFUSED, ["pia.berg proposed it at"]),
    )
    assert [await desk.partnership(reference) for reference in references] == [None, None, None]


@pytest.mark.slow
async def test_a_reason_or_a_tranche_that_cannot_be_one_is_not_an_unexpected_fault(shell: Shell, awaiting: str) -> None:
    await assert_all_fail(
        shell,
        (("approve", awaiting, "--no-interest", "--as", "ana.silva", "--reason", ""), BAD_INPUT, ["reason"]),
        (("hold", awaiting, "--as", "vera.lind", "--reason", "x" * 2001), BAD_INPUT, ["reason"]),
        (("return", awaiting, "--as", "vera.lind", "--question", "?"), BAD_INPUT, ["question"]),
        (("release", awaiting, "--as", "paul.nkosi", "--tranche", "100"), BAD_INPUT, ["tranche"]),
    )


@pytest.mark.slow
async def test_a_person_that_cannot_be_one_is_not_an_unexpected_fault(
    shell: Shell, awaiting: str, reference: str, file: File
) -> None:
    answers = await shell.together(
        ("approve", awaiting, "--no-interest", "--as", "Ana Silva", "--reason", "good work"),
        ("decline", awaiting, "--as", "accord", "--reason", "good work"),
        ("propose", file(proposal_text(reference)), "--as", "Pia Berg"),
    )
    for answer, name in zip(answers, ("Ana Silva", "accord", "Pia Berg"), strict=True):
        assert_fails(answer, min(answer.code, BAD_INPUT), name)


@pytest.mark.slow
async def test_a_stranger_with_a_key_of_her_own_is_nobody(
    shell: Shell, desk: Desk, awaiting: str, reference: str, file: File, tmp_path: Path
) -> None:
    """A key that the directory does not hold proves nothing, be it a stranger's or another one of somebody known."""
    keyring = Keyring(tmp_path / "keys")
    for name in ("eve.smith", "ana.silva", "pia.berg"):
        keyring.make(name)
    own = shell.where(ACCORD_KEYS=str(keyring.folder))
    path = file(proposal_text(reference))
    before, told, stranger = (
        await state_of(desk, awaiting),
        "the directory holds no key",
        "is not in the staff directory",
    )
    await assert_all_fail(
        own,
        (
            ("approve", awaiting, "--no-interest", "--as", "eve.smith", "--reason", "good work"),
            REFUSED,
            ["'eve.smith'", stranger],
        ),
        (
            ("approve", awaiting, "--no-interest", "--as", "ana.silva", "--reason", "good work"),
            REFUSED,
            [told, "ana.silva"],
        ),
        (("propose", path, "--as", "eve.smith"), REFUSED, ["'eve.smith'", stranger]),
        (("propose", path, "--as", "pia.berg"), REFUSED, [told, "pia.berg"]),
    )
    assert (await state_of(desk, awaiting), await desk.partnership(reference)) == (before, None)


@pytest.mark.slow
async def test_what_the_command_line_lacks_or_cannot_mean_is_bad_input(shell: Shell, awaiting: str) -> None:
    answers = await shell.together(
        ("approve", awaiting, "--no-interest", "--as", "ana.silva"),
        ("approve", awaiting, "--no-interest", "--reason", "good work"),
        ("release", awaiting, "--as", "paul.nkosi", "--tranche", "0"),
        ("list", "--stage", "NOWHERE"),
        ("sign-agreement", awaiting, "--as", "dora.kim", "--signed-on", "yesterday"),
        ("no-such-command",),
    )
    told = ("--reason", "--as", "--tranche", "--stage", "--signed-on", "no-such-command")
    for answer, words in zip(answers, told, strict=True):
        assert (answer.code, "Traceback" in answer.words, words in answer.words) == (BAD_INPUT, False, True), answer


@pytest.mark.slow
async def test_of_two_who_decide_at_once_in_two_terminals_one_is_done_and_the_other_is_told_who_was_first(
    shell: Shell, desk: Desk, new_reference: NewReference
) -> None:
    lives = [Life(desk, new_reference()) for _ in range(2)]
    for life in lives:
        await life.propose(proposal(life.reference))
        await life.until_stage(Stage.APPROVAL)
    for life in lives:
        answers = await shell.together(
            ("decline", life.reference, "--as", "ana.silva", "--reason", "no budget"),
            ("decline", life.reference, "--as", "femi.ade", "--reason", "no funds"),
        )
        first, second = sorted(answers, key=lambda answer: answer.code)
        assert first.code == 0
        winner = first.said[first.said.index("--as") + 1]
        assert_fails(second, REFUSED, f"{life.reference} is DECLINED; {winner} declined it at")
        assert (await life.told()).count("PartnershipDeclined") == 1


# Payments.


@pytest.mark.slow
async def test_a_payment_is_released_once_and_never_stopped_on_its_way(
    shell: Shell, desk: Desk, paying: str, tmp_path: Path
) -> None:
    await assert_all_fail(
        shell,
        (("release", paying, "--as", "paul.nkosi"), REFUSED, ["tranche 1 is released already and is never paid twice"]),
        (("release", paying, "--as", "paul.nkosi", "--tranche", "2"), REFUSED, ["no tranche 2; there are 1"]),
        (
            ("terminate", paying, "--as", "dora.kim", "--reason", "too late"),
            REFUSED,
            [f"a payment was released; cancel it first: `accord payments cancel {paying}`"],
        ),
        (("payments", "export", "--as", "pia.berg"), REFUSED, ["Pia Berg may not make a payment file: a payer must"]),
    )
    assert files_in(tmp_path) == []
    assert (await Life(desk, paying).told()).count("TrancheReleased") == 1


@pytest.mark.slow
async def test_an_account_or_a_document_that_is_not_there_is_bad_input(
    shell: Shell, desk: Desk, agreed: str, file: File, tmp_path: Path
) -> None:
    sign = ("sign-agreement", agreed, "--as", "dora.kim", "--account")
    wrong = file('holder = "X Y"\niban = "NL00MOCK0000002101"\nbic = "NOT"\ntown = "T"\ncountry = "US"\n', "a.toml")
    await assert_all_fail(
        shell,
        ((*sign, "BA-AAAAAAAAAAAA"), BAD_INPUT, ["no bank account BA-AAAAAAAAAAAA", "accord payments account"]),
        ((*sign, PAYEE_ACCOUNT, "--document", tmp_path / "none.pdf"), BAD_INPUT, ["none.pdf cannot be opened"]),
        (("payments", "account", wrong, "--as", "vera.lind"), BAD_INPUT, ["iban: not an IBAN", "bic: not a BIC"]),
        (("payments", "account", SAMPLE / "accounts" / "isoc.toml", "--as", "otto.audit"), REFUSED, ["may not"]),
    )
    assert (await desk.known_partnership(agreed)).stage is Stage.AGREEMENT


# Registers.


@pytest.mark.slow
async def test_a_register_file_that_is_none_leaves_the_version_in_force(
    shell: Shell, database: str, file: File, tmp_path: Path
) -> None:
    own = shell.where(ACCORD_DATABASE_URL=database)
    loaded = await own.done("registers", "load", "irs-bmf", BMF, "--minimum-rows", "1", "--as-of", "2026-11-01")
    assert "irs-bmf version 1 is in force: 12 rows, 0 bad, 12 new, 0 gone, true of 2026-11-01" in loaded.words
    few = file("\n".join((*BMF.read_text().splitlines()[:4], "")), "few.csv")
    page = file("<!DOCTYPE html><html><body>Sign in</body></html>", "eo1.csv")
    load, stays = ("registers", "load", "--as-of", "2026-11-01", "irs-bmf"), "the version in force stays"
    await assert_all_fail(
        own,
        ((*load, page), BAD_INPUT, ["eo1.csv is a web page", "download the data file", stays]),
        ((*load, BMF.with_name("revocation.txt"), "--minimum-rows", "1"), BAD_INPUT, ["line 3: the header", stays]),
        ((*load, few), REFUSED, ["3 rows, and the whole register never has fewer than 100000", stays]),
        ((*load, few, "--minimum-rows", "1"), REFUSED, ["fewer than the 12 in force", stays]),
        ((*load, few, "--json"), REFUSED, ['"refused": true', stays]),
        ((*load, file(b"\x1f\x8b\x08\x00", "eo.gz")), BAD_INPUT, ["eo.gz is compressed; unpack it first"]),
        ((*load, tmp_path / "none.csv"), BAD_INPUT, ["none.csv"]),
        (("registers", "load", "no-register", BMF), BAD_INPUT, ["no register 'no-register'", "irs-bmf"]),
        ((*load[:-1], "ofac-sdn", BMF.with_name("sdn.csv")), BAD_INPUT, ["give them together"]),
        (("registers", "load", "irs-bmf", BMF), BAD_INPUT, ["--as-of: the files of irs-bmf do not say the day", stays]),
        (
            (*load[:-1], "un-consolidated", BMF.with_name("un_consolidated.xml"), "--as-of", "2026-11-02"),
            BAD_INPUT,
            ["--as-of: the file says that it is of 2026-11-01; leave --as-of out", stays],
        ),
    )
    again, status = await own.together((*load, BMF), ("registers", "status", "--json"))
    assert (again.code, "the same file is in force as version 1" in again.words) == (0, True)
    assert [(row["version"], row["row_count"]) for row in status.json if row["state"] == "IN_FORCE"] == [("1", "12")]


@pytest.mark.slow
async def test_a_recipient_is_judged_and_a_question_that_cannot_be_one_is_bad_input(shell: Shell) -> None:
    ask = ("verify-recipient", "--kind", "NONPROFIT", "--name", "Riverbend Library Network", "--funder")
    listed, foreign = await shell.together(
        (*ask, "ISOC", "--ein", "00-1000001"), (*ask, "ISOC", "--country", "UG", "--json")
    )
    assert (listed.code, "eligible" in listed.stdout) == (0, True)
    assert "Not asked: alignment with the funder's purposes" in listed.words
    assert "PUBLIC-INTEREST" not in listed.words
    member = ("--name", "Harbor Chapter of Open Networks", "--ein", "00-1000004", "--kind", "NONPROFIT")
    central = ("--central-name", "Open Networks United", "--central-ein", "00-1000005")
    in_group = await shell("verify-recipient", *member, *central, "--funder", "ISOC")
    assert (in_group.code, "Open Networks United is listed" in in_group.words) == (0, True)
    assert (foreign.code, foreign.json["outcome"] in {"PASS", "CONDITION", "REFER", "FAIL"}) == (0, True)
    await assert_all_fail(
        shell,
        ((*ask, "ISOC", "--ein", "123"), BAD_INPUT, ["--ein: '123' is not an EIN; write nine digits"]),
        ((*ask, "ISOC", "--ein", "1000001"), BAD_INPUT, ["--ein: ", "has 7 digits", "a leading zero may be lost"]),
        ((*ask, "ISOC", "--country", "usa", "--ein", "x"), BAD_INPUT, ["--country: 'usa'", "--ein: 'x'"]),
        ((*ask, "ISOC", "--central-ein", "00-1000005"), BAD_INPUT, ["--central-name, --central-ein: give both"]),
        ((*ask, "NOBODY"), BAD_INPUT, ["no funder NOBODY", "accord directory show"]),
    )


@pytest.mark.slow
async def test_a_recipient_whose_name_has_brackets_is_judged_like_any_other(shell: Shell) -> None:
    answer = await shell(
        "verify-recipient", "--kind", "NONPROFIT", "--name", "Riverbend [/x] Network", "--funder", "ISOC"
    )
    assert (answer.code, "Riverbend [/x] Network" in answer.words) == (0, True), answer
