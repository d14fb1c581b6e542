"""Unusable input of commands on staff, policy, papers and amendments is told with field, fault and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.partnership.state import Partnership
from tests.accord.organisation.own import Organisation
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail, assert_fails
from tests.builders import proposal
from tests.lives import Life

File = Callable[..., Path]
AS_DORA, AS_PIA, AS_VERA = ("--as", "dora.kim"), ("--as", "pia.berg"), ("--as", "vera.lind")
NO_KEY = "KEY is not an Ed25519 public key; give its 32 bytes as 44 characters of base64"
NO_CHANGE = "0b6b1c52-6a0c-5d5e-9d57-0a7c1f7f6b11"
SHORT, LONG = "at least 3 characters", "at most 2,000 characters"
MUCH = "x" * 2001


@pytest.fixture(scope="module")
async def active(worker: None, desk: Desk) -> str:
    """A partnership whose agreement is signed."""
    return (await Life(desk, "P-2026-880101").signed(proposal("P-2026-880101"))).partnership_id


async def seen(desk: Desk, reference: str) -> Partnership:
    return (await desk.known_partnership(reference)).model_copy(update={"version": 0})


# Staff.


async def test_a_person_a_role_or_a_day_that_cannot_be_one_changes_nothing(sealed: Organisation) -> None:
    lend = ("staff", "delegate", "ana.silva", *AS_DORA, "--to")
    role, until = ("--role", "PROGRAMME_APPROVER"), ("--until", "2099-12-31")
    version = (await sealed.directory()).version
    await assert_all_fail(
        sealed.shell,
        ((*lend, "Vera Lind", *role, *until), BAD_INPUT, ["borrower: 'Vera Lind' does not have the form"]),
        ((*lend, "ana.silva", *role, *until), BAD_INPUT, ["nobody delegates to themselves; name another person"]),
        ((*lend, "vera.lind", *role, "--until", "2020-01-01"), BAD_INPUT, ["ends on 2020-01-01, before it starts on"]),
        ((*lend, "eve.smith", *role, *until), REFUSED, ["eve.smith", "not in the staff directory"]),
        (("staff", "leave", "", *AS_DORA), REFUSED, ["not in the staff directory"]),
        (("staff", "leave", "x" * 100, *AS_DORA), REFUSED, ["not in the staff directory"]),
        (("staff", "revoke", "noor.haddad", *AS_DORA), REFUSED, ["the directory holds no key of noor.haddad"]),
        (("staff", "revoke", b"no\xffbody", *AS_DORA), REFUSED, ["the directory holds no key"]),
        (("staff", "key", "noor.haddad", "MCow", *AS_DORA), BAD_INPUT, [NO_KEY]),
        (("staff", "key", "Noor H", "A" * 43 + "=", *AS_DORA), BAD_INPUT, ["staff_id: 'Noor H'"]),
        (("staff", "confirm", NO_CHANGE, *AS_DORA), REFUSED, ["no such change", "accord staff pending"]),
        (("staff", "confirm", NO_CHANGE, "--as", "Dora Kim"), REFUSED, ["no such change"]),
    )
    assert (await sealed.directory()).version == version


@pytest.mark.slow
async def test_what_the_command_line_of_staff_or_policy_cannot_mean_is_bad_input(sealed: Organisation) -> None:
    lend = ("staff", "delegate", "ana.silva", "--to", "vera.lind", *AS_DORA)
    cases = {
        ("staff", "confirm", "nonsense", *AS_DORA): "valid UUID",
        ("staff", "confirm", NO_CHANGE): "--as",
        ("staff", "enrol"): "STAFF",
        ("staff", "key", "noor.haddad", *AS_DORA): "Missing argument",
        (*lend, "--role", "KING", "--until", "2099-12-31"): "--role",
        (*lend, "--role", "PAYER", "--until", "tomorrow"): "--until",
        (*lend, "--role", "PAYER"): "--until",
        ("policy", "diff"): "Missing argument 'FROM'",
        ("policy", "diff", "2026.1"): "Missing argument 'TO'",
        ("policy", "list", "--format", "pdf"): "--format",
        ("policy", "whatif"): "VERSION",
        ("payments", "confirm", "BA-AAAAAAAAAAAA", *AS_VERA): "--note",
        ("satisfy", "P-2026-880101", *AS_VERA, "--note", "filed", "--condition", "NONSENSE"): "--condition",
    }
    version = (await sealed.directory()).version
    answers = await sealed.shell.together(*cases)
    told = {
        answer.said: (answer.code, "Traceback" in answer.words, words in answer.words)
        for answer, words in zip(answers, cases.values(), strict=True)
    }
    assert {said: one for said, one in told.items() if one != (BAD_INPUT, False, True)} == {}
    assert (await sealed.directory()).version == version


async def test_a_role_that_the_lender_does_not_hold_cannot_be_lent(sealed: Organisation) -> None:
    lend = ("staff", "delegate", "ana.silva", "--to", "vera.lind", "--role", "DIRECTOR", "--until", "2099-12-31")
    answer = await sealed.shell(*lend, *AS_DORA)
    assert_fails(
        answer, REFUSED, "ana.silva does not hold DIRECTOR and so cannot lend it; they hold PROGRAMME_APPROVER"
    )
    assert (await sealed.directory()).pending == ()


# Accounts.


@pytest.mark.slow
async def test_an_account_or_a_note_that_cannot_be_one_confirms_nothing(sealed: Organisation, file: File) -> None:
    details = file('holder = "Up"\nnumber = "00112233"\nbic = "MOCKNL2A"\ntown = "Up"\ncountry = "US"\n')
    account = (await sealed.shell.done("payments", "account", details, *AS_VERA, "--json")).json["reference"]
    confirm, femi = ("payments", "confirm"), ("--as", "femi.ade")
    note = ("--note", "called the listed number")
    await assert_all_fail(
        sealed.shell,
        (
            (*confirm, "BA-AAAAAAAAAAAA", *femi, *note),
            BAD_INPUT,
            ["no bank account BA-AAAAAAAAAAAA", "record it"],
        ),
        ((*confirm, "nonsense", *femi, *note), BAD_INPUT, ["no bank account nonsense"]),
        ((*confirm, account, "--as", "Femi Ade", *note), REFUSED, ["'Femi Ade' is not in the staff directory"]),
        ((*confirm, account, *femi, "--note", ""), BAD_INPUT, ["note: ", SHORT]),
        ((*confirm, account, *femi, "--note", MUCH), BAD_INPUT, ["note: ", LONG]),
        ((*confirm, account, *femi, "--note", "rang \x1b[2J them"), BAD_INPUT, ["note: ", "control character"]),
    )
    standing = await sealed.desk.registrar.standing(account)
    assert standing is not None
    assert standing.confirmed_by == ""


# Papers, interests, reports.


@pytest.mark.slow
async def test_words_that_say_nothing_or_too_much_are_bad_input_by_the_name_of_their_field(
    shell: Shell, desk: Desk, active: str
) -> None:
    before = await seen(desk, active)
    satisfy = ("satisfy", active, *AS_VERA, "--condition", "SPONSOR_FILE", "--note")
    await assert_all_fail(
        shell,
        ((*satisfy, ""), BAD_INPUT, ["note: ", SHORT, "nothing was recorded"]),
        ((*satisfy, MUCH), BAD_INPUT, ["note: ", LONG]),
        (("declare-interest", active, *AS_PIA, "--what", "?"), BAD_INPUT, ["interest.what: ", SHORT]),
        (("declare-interest", active, *AS_VERA, "--what", "a friend", "--person", "F A"), BAD_INPUT, ["person: 'F A'"]),
        (("report-diversion", active, *AS_PIA, "--what", ""), BAD_INPUT, ["what: ", SHORT]),
        (("assure", active, *AS_VERA, "--what", MUCH), BAD_INPUT, ["what: ", LONG]),
        (("report", active, "--kind", "PROGRESS", *AS_PIA, "--summary", ""), BAD_INPUT, ["summary: ", SHORT]),
        (("report-diversion", active, *AS_PIA, "--what", b"a \xff car"), BAD_INPUT, ["what: "]),
        (("report-diversion", active, *AS_PIA, "--what", "a \x1b[2J car"), BAD_INPUT, ["what: ", "control character"]),
    )
    assert await seen(desk, active) == before


@pytest.mark.slow
async def test_a_document_that_is_not_there_puts_nothing_on_file(
    shell: Shell, desk: Desk, active: str, tmp_path: Path
) -> None:
    before, none = await seen(desk, active), ("--document", tmp_path / "none.pdf")
    told = ["none.pdf cannot be opened: No such file"]
    await assert_all_fail(
        shell,
        (("satisfy", active, *AS_VERA, "--condition", "SPONSOR_FILE", "--note", "filed", *none), BAD_INPUT, told),
        (("assure", active, *AS_VERA, "--what", "restored", *none), BAD_INPUT, told),
        (("report", active, "--kind", "PROGRESS", *AS_PIA, "--summary", "half", *none), BAD_INPUT, told),
    )
    assert await seen(desk, active) == before


@pytest.mark.slow
async def test_a_file_of_an_amendment_or_of_sub_recipients_that_cannot_be_one_changes_nothing(
    shell: Shell, desk: Desk, active: str, file: File, tmp_path: Path
) -> None:
    before, why = await seen(desk, active), (*AS_PIA, "--reason", "as the grantee asked")
    same = before.proposed.model_dump(mode="json", exclude_none=True)
    other = proposal(active, title="Other skills for river libraries").model_dump(mode="json", exclude_none=True)
    unknown = {**other, "reference": "P-2026-999999"}
    stranger = {"party": {"name": "Circle", "kind": "COMPANY", "country": "usa"}, "purpose": "R"}
    say = ("report-subrecipients", active)
    await assert_all_fail(
        shell,
        (("amend", file(same, "same.json"), *why), REFUSED, ["the amendment changes nothing"]),
        (("amend", file(unknown, "unknown.json"), *why), REFUSED, ["no partnership P-2026-999999", "accord list"]),
        (
            ("amend", file(other, "other.json"), *AS_VERA, "--reason", "a typo"),
            REFUSED,
            ["Vera Lind may not change"],
        ),
        (("amend", file(other, "other.json"), *AS_PIA, "--reason", ""), BAD_INPUT, ["reason: ", SHORT]),
        (("amend", file({**other, "titel": 1}, "field.json"), *why), BAD_INPUT, ["titel: no such field"]),
        (("amend", tmp_path / "none.json", *why), BAD_INPUT, ["none.json cannot be opened: No such file"]),
        (("amend", file("= broken", "a.toml"), *why), BAD_INPUT, ["a.toml is not TOML"]),
        ((*say, file("subrecipients = []", "no.toml"), *AS_PIA), BAD_INPUT, ["subrecipients: ", "at least 1 item"]),
        (
            (*say, file({"subrecipients": [stranger]}, "bad.json"), *AS_PIA),
            BAD_INPUT,
            ["has 3 fields to mend", "0.party.kind: 'COMPANY'", "0.party.country: 'usa'", "0.purpose: "],
        ),
        ((*say, tmp_path, *AS_PIA), BAD_INPUT, ["cannot be opened: Is a directory"]),
        ((*say, file("{", "b.json"), *AS_PIA), BAD_INPUT, ["b.json is not JSON"]),
    )
    assert await seen(desk, active) == before


@pytest.mark.slow
async def test_the_schema_of_sub_recipients_that_a_message_points_to_can_be_asked_for(
    shell: Shell, active: str, file: File
) -> None:
    answer = await shell("report-subrecipients", active, file("nonsense = 1", "bad.toml"), *AS_PIA)
    [hint] = re.findall(r"`accord (schema \w+)`", answer.words)
    assert (await shell.done(*hint.split())).json["title"] == "SubrecipientsFile"


@pytest.mark.slow
async def test_a_partnership_that_nobody_knows_is_refused_by_every_command(shell: Shell, file: File) -> None:
    nobody = "P-2026-999999"
    circle = {"party": {"name": "Circle", "kind": "NONPROFIT", "country": "US"}, "purpose": "A room"}
    told = [f"no partnership {nobody}", "accord list"]
    cases = (
        ("satisfy", nobody, *AS_VERA, "--condition", "SPONSOR_FILE", "--note", "filed"),
        ("declare-interest", nobody, *AS_VERA, "--what", "a friend"),
        ("report-subrecipients", nobody, file({"subrecipients": [circle]}, "one.json"), *AS_PIA),
        ("report-diversion", nobody, *AS_PIA, "--what", "a car"),
        ("assure", nobody, *AS_VERA, "--what", "restored"),
        ("report", nobody, "--kind", "PROGRESS", *AS_PIA, "--summary", "half is spent"),
        ("policy", "explain", nobody),
    )
    await assert_all_fail(shell, *((words, REFUSED, told) for words in cases))


@pytest.mark.slow
async def test_what_the_stage_does_not_allow_yet_is_refused(
    shell: Shell, desk: Desk, reference: str, worker: None
) -> None:
    await Life(desk, reference).awaiting_approval(proposal(reference))
    before = await seen(desk, reference)
    await assert_all_fail(
        shell,
        (("report-diversion", reference, *AS_PIA, "--what", "a car"), REFUSED, [f"{reference} is APPROVAL"]),
        (("assure", reference, *AS_VERA, "--what", "restored"), REFUSED, [f"{reference} is APPROVAL"]),
        (
            ("report", reference, "--kind", "PROGRESS", *AS_PIA, "--summary", "half"),
            REFUSED,
            [f"{reference} is APPROVAL"],
        ),
    )
    assert await seen(desk, reference) == before
