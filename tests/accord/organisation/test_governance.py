"""Acts that two people vouch for, papers on file, and acts that stop everything: by shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.policy.conditions import ConditionId
from domain.proposal import Proposal
from tests.accord.organisation.own import Organisation
from tests.accord.shell import BAD_INPUT, REFUSED, Answer, Shell, assert_all_fail, assert_fails
from tests.builders import abroad, funds_out, party, proposal
from tests.lives import Life
from tests.payments.orders import freeze_all, order, record_accounts

pytestmark = pytest.mark.usefixtures("worker")

File = Callable[..., Path]
ACCOUNT = 'holder = "{holder}"\nnumber = "00998877"\nbic = "MOCKNL2A"\ntown = "Up"\ncountry = "US"\n'
COMPANY = {"name": "Copper Kettle Software LLC", "kind": "PRIVATE_COMPANY", "country": "US"}
CIRCLE = {"name": "Lakeside School of Networking", "kind": "NONPROFIT", "country": "US", "ein": "001000002"}


def supported(*parties: dict[str, str]) -> dict[str, object]:
    return {"subrecipients": [{"party": one, "purpose": "A reading room"} for one in parties]}


def reference_in(answer: Answer) -> str:
    return next(word.rstrip(".;") for word in answer.words.split() if word.startswith("BA-"))


async def recorded(shell: Shell, file: File, holder: str) -> str:
    """Let Vera record an account."""
    answer = await shell.done("payments", "account", file(ACCOUNT.format(holder=holder)), "--as", "vera.lind")
    return reference_in(answer)


# Bank accounts.


async def test_an_account_is_verified_by_another_person_than_the_one_who_recorded_it(shell: Shell, file: File) -> None:
    account = await recorded(shell, file, "Lowland Readers")
    confirm = ("payments", "confirm", account, "--note", "their treasurer, on the listed number", "--as")
    await assert_all_fail(
        shell,
        ((*confirm, "vera.lind"), REFUSED, [f"vera.lind recorded {account}; another person must call back"]),
        (
            (*confirm, "pia.berg"),
            REFUSED,
            ["Pia Berg may not vouch for an account", "or a verifier must"],
        ),
        ((*confirm, "eve.smith"), REFUSED, ["eve.smith", "staff directory"]),
    )
    done = await shell.done(*confirm, "noor.haddad")
    assert f"{account} recorded by vera.lind, verified by noor.haddad." in done.words
    assert "Next: name it when the agreement is signed." in done.stdout
    again, machine = await shell.done(*confirm, "femi.ade"), await shell.done(*confirm, "femi.ade", "--json")
    assert "verified by noor.haddad already, so this call is not recorded; --anew records another one." in again.words
    assert (machine.json["recorded_by"], machine.json["confirmed_by"]) == ("vera.lind", "noor.haddad")
    assert "already" not in (await shell.done(*confirm, "noor.haddad")).words


@pytest.mark.slow
async def test_an_account_of_another_holder_is_not_recorded_for_its_owner(shell: Shell, file: File) -> None:
    """The holder is compared word by word before anything is recorded (rules 3.1)."""
    company = file(ACCOUNT.format(holder="Internet Society Services LLC"))
    await assert_all_fail(
        shell,
        (
            ("payments", "account", company, "--of", "ISOC", "--as", "vera.lind"),
            REFUSED,
            ["holder: 'Internet Society Services LLC' is not 'Internet Society'", "services (makes it another body)"],
        ),
        (("payments", "account", company, "--of", "NOBODY", "--as", "vera.lind"), BAD_INPUT, ["--of: 'NOBODY'"]),
    )
    own = await shell.done(
        "payments",
        "account",
        file(ACCOUNT.format(holder="Internet Society, Inc.")),
        "--of",
        "ISOC",
        "--as",
        "vera.lind",
    )
    assert reference_in(own).startswith("BA-")


@pytest.mark.slow
async def test_a_change_of_account_is_begun_and_ended_at_the_shell(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    """Each step by another person, and each printed by the one before it."""
    await Life(desk, reference).signed(proposal(reference))
    own = file(ACCOUNT.format(holder="Riverbend Library Network").replace("00998877", "00998866"))
    begun = await shell.done("payments", "change-account", reference, own, "--as", "vera.lind")
    account = reference_in(begun)
    assert f"{reference} is on hold now" in begun.words
    assert f"accord sign-agreement {reference} --account {account} --as STAFF" in begun.words
    await shell.done("payments", "confirm", account, "--as", "noor.haddad", "--note", "called the listed number")
    await shell.done("sign-agreement", reference, "--account", account, "--as", "dora.kim")
    await shell.done("lift", reference, "--as", "dora.kim", "--reason", "the new account was called back")
    await shell.done("approve", reference, "--no-interest", "--as", "femi.ade", "--reason", "the account is theirs")
    state = await desk.known_partnership(reference)
    assert state.account is not None
    assert (state.account.reference, state.hold, state.missing_approvals) == (account, None, ())


@pytest.mark.slow
async def test_where_the_registers_ask_nothing_there_is_nothing_to_clear(
    shell: Shell, desk: Desk, reference: str
) -> None:
    await Life(desk, reference).approved(proposal(reference))
    clear = ("clear", reference, "--as", "vera.lind", "--reason", "another body")
    assert_fails(await shell(*clear), BAD_INPUT, f"the registers ask nothing about {reference} that is open")


@pytest.mark.slow
async def test_an_agreement_does_not_name_an_account_that_nobody_verified(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    await Life(desk, reference).approved(proposal(reference))
    account = await recorded(shell, file, "Riverbend Library Network")
    sign = ("sign-agreement", reference, "--as", "dora.kim", "--account", account)
    told = ["nobody has called back to verify", f"accord payments confirm {account}"]
    assert_fails(await shell(*sign), REFUSED, *told)
    await shell.done("payments", "confirm", account, "--as", "noor.haddad", "--note", "called the listed number")
    assert "the agreement is signed" in (await shell.done(*sign)).stdout


@pytest.mark.slow
async def test_whoever_verified_the_account_has_no_other_part(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    await Life(desk, reference).approved(proposal(reference))
    account = await recorded(shell, file, "The Riverbend Library Network")
    await shell.done("payments", "confirm", account, "--as", "femi.ade", "--note", "called the listed number")
    answer = await shell("sign-agreement", reference, "--as", "dora.kim", "--account", account)
    assert_fails(answer, REFUSED, "femi.ade verified the account and has another part")


async def test_without_her_key_nobody_vouches_for_an_account(sealed: Organisation, file: File) -> None:
    path = file(ACCOUNT.format(holder="Upland Readers"))
    answer = await sealed.shell("payments", "account", path, "--as", "noor.haddad")
    assert_fails(answer, REFUSED, "no key of noor.haddad", "accord staff enrol noor.haddad")


@pytest.mark.slow
async def test_with_a_key_that_is_not_in_force_nobody_vouches_for_an_account(sealed: Organisation, file: File) -> None:
    sealed.desk.keyring.make("noor.haddad")
    path = file(ACCOUNT.format(holder="Upland Readers"))
    answer = await sealed.shell("payments", "account", path, "--as", "noor.haddad")
    assert_fails(answer, REFUSED, "noor.haddad", "key")
    account = await recorded(sealed.shell, file, "Upland Readers")
    confirm = ("payments", "confirm", account, "--note", "called the listed number", "--as", "noor.haddad")
    assert_fails(await sealed.shell(*confirm), REFUSED, "noor.haddad", "key")


@pytest.mark.slow
async def test_what_she_vouched_for_stands_when_a_person_leaves_or_her_key_is_revoked(
    sealed: Organisation, file: File
) -> None:
    account = await recorded(sealed.shell, file, "Upland Readers")
    await sealed.shell.done("payments", "confirm", account, "--as", "femi.ade", "--note", "called the listed number")
    await sealed.confirmed("staff", "revoke", "vera.lind")
    await sealed.confirmed("staff", "leave", "femi.ade")
    standing = await sealed.desk.registrar.standing(account)
    assert standing is not None
    assert (standing.recorded_by, standing.confirmed_by) == ("vera.lind", "femi.ade")


@pytest.mark.slow
async def test_a_payment_that_the_ledger_does_not_prove_authorised_is_in_no_file_and_waits_with_its_reason(
    sealed: Organisation,
) -> None:
    async with sealed.desk.pool.acquire() as connection:
        await record_accounts(connection)  # type: ignore[arg-type]
        await freeze_all(connection, order())  # type: ignore[arg-type]
    export = ("payments", "export", "--as", "paul.nkosi")
    told = "waiting, and in no file: P-2026-0042 tranche 1: its own stream does not record this one instruction, once"
    for form in ((), ("--json",)):
        answer = await sealed.shell(*export, *form)
        assert_fails(answer, REFUSED, told)
        assert len(answer.stderr.splitlines()) == 1
    assert (answer.json["files"], len(answer.json["waiting"])) == ([], 1)
    assert await sealed.desk.pool.fetchval("SELECT count(*) FROM payments.files") == 0


# Conditions.


@pytest.mark.slow
async def test_a_condition_is_put_on_file_and_a_wrong_one_names_those_that_are_open(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    life = Life(desk, reference)
    await life.signed(proposal(reference, partner=abroad(), funds_out=funds_out(payee=abroad())))
    note, wanted = ("--note", "the pack is filed"), ConditionId.CONTROL_AND_RECORDS
    satisfy = ("satisfy", reference, *note, "--condition")
    hint = f"accord satisfy {reference} --condition {wanted}"
    await assert_all_fail(
        shell,
        ((*satisfy, "SPONSOR_FILE", "--as", "vera.lind"), REFUSED, ["SPONSOR_FILE is not asked for", str(wanted)]),
        ((*satisfy, wanted, "--as", "pia.berg"), REFUSED, ["another person files its papers"]),
        (("release", reference, "--as", "paul.nkosi"), REFUSED, ["not on file yet", hint]),
    )
    document = file("the pack", "pack.txt")
    done = await shell.done(*satisfy, wanted, "--as", "vera.lind", "--document", document)
    assert f"{reference} on file" in done.stdout
    assert "Next: release tranche 1" in done.stdout
    again = await shell(*satisfy, wanted, "--as", "vera.lind")
    assert_fails(again, REFUSED, "is on file already; still open: none")
    assert (await life.told()).count("ConditionMet") == 2  # the papers that prove the payee were read before
    assert "(on file)" in (await shell.done("show", reference)).words


# Interests.


@pytest.mark.slow
async def test_whoever_declares_an_interest_is_recused_and_her_approval_falls(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    await shell.done("approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "fits the programme")
    declare = ("declare-interest", reference, "--what", "my spouse is on its board")
    done = await shell.done(*declare, "--as", "ana.silva")
    assert f"{reference} the interest is declared" in done.stdout
    state = await life.until_stage(Stage.APPROVAL)
    assert (state.approvals, state.recused) == ((), frozenset({"ana.silva"}))
    await assert_all_fail(
        shell,
        (("approve", reference, "--no-interest", "--as", "ana.silva", "--reason", "good work"), REFUSED, ["recused"]),
        ((*declare, "--as", "ana.silva"), REFUSED, ["declared already"]),
    )
    shown = await shell.done("show", reference)
    assert "Recused: ana.silva (my spouse is on its board)" in shown.stdout


@pytest.mark.slow
async def test_the_interest_of_another_is_declared_by_a_guardian_alone(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    declare = ("declare-interest", reference, "--what", "she sits on its board", "--person", "femi.ade", "--as")
    assert_fails(await shell(*declare, "ana.silva"), REFUSED, "Ana Silva may not declare an interest")
    done = await shell.done(*declare, "otto.audit", "--json")
    assert done.json["what"][0] == "InterestDeclared"
    assert (await life.state()).recused == {"femi.ade"}


@pytest.mark.slow
async def test_an_interest_is_declared_only_of_somebody_who_works_here(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    declare = ("declare-interest", reference, "--what", "she sits on its board", "--as", "otto.audit", "--person")
    assert_fails(
        await shell(*declare, "ana.sliva"), REFUSED, "ana.sliva is not in the staff directory; see `accord staff list`"
    )
    assert (await life.state()).recused == frozenset()


# Amendments.


async def amended(shell: Shell, desk: Desk, reference: str, file: File, after: Proposal) -> tuple[Answer, Partnership]:
    """Approve a proposal in full, then amend it."""
    await Life(desk, reference).approved(proposal(reference))
    content = after.model_dump(mode="json", exclude_none=True)
    words = ("amend", file(content), "--as", "pia.berg", "--reason", "as the grantee asked")
    return await shell.done(*words), await desk.known_partnership(reference)


@pytest.mark.slow
async def test_a_typo_that_is_mended_touches_no_approval(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    after = proposal(reference, title="Digital skills for river libaries")
    answer, state = await amended(shell, desk, reference, file, after)
    assert f"{reference} amended" in answer.stdout
    assert (state.stage, state.missing_approvals) == (Stage.AGREEMENT, ())
    assert state.proposed.title == "Digital skills for river libaries"


@pytest.mark.slow
async def test_a_sum_that_grows_falls_back_to_finance(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    answer, state = await amended(shell, desk, reference, file, proposal(reference, funds_out=funds_out("2000.00")))
    assert "approval by finance approver" in answer.words
    assert state.missing_approvals == ("FINANCE_APPROVER",)


@pytest.mark.slow
async def test_another_payee_begins_anew(shell: Shell, desk: Desk, reference: str, file: File) -> None:
    other = party("Capitol Digital Archive", ein="001000012")
    after = proposal(reference, partner=other, funds_out=funds_out(payee=other))
    answer, _ = await amended(shell, desk, reference, file, after)
    assert f"{reference} amended" in answer.stdout
    state = await Life(desk, reference).until_stage(Stage.APPROVAL)
    assert state.approvals == ()


# Sub-recipients, diversions, reports.


@pytest.mark.slow
async def test_sub_recipients_are_recorded_and_a_company_among_them_stops_everything(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    life = Life(desk, reference)
    await life.signed(proposal(reference))
    say = ("report-subrecipients", reference)
    listed = await shell.done(*say, file(supported(CIRCLE), "one.json"), "--as", "pia.berg")
    assert f"{reference} the sub-recipients are recorded" in listed.stdout
    assert (await life.state()).hold is None
    held = await shell.done(*say, file(supported(CIRCLE, COMPANY), "two.json"), "--as", "pia.berg")
    assert f"{reference} the sub-recipients are recorded, on hold" in held.stdout
    assert "replace Copper Kettle Software LLC among the sub-recipients, or have it repaid" in held.words
    assert_fails(await shell("release", reference, "--as", "paul.nkosi"), REFUSED, "on hold")


@pytest.mark.slow
async def test_after_a_diversion_everything_stops_until_assurances_are_on_record(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.signed(proposal(reference))
    lift = ("lift", reference, "--as", "femi.ade", "--reason", "it is settled")
    told = await shell.done("report-diversion", reference, "--as", "pia.berg", "--what", "a car was bought")
    assert f"{reference} the diversion is recorded, on hold" in told.stdout
    await assert_all_fail(
        shell,
        (lift, REFUSED, ["money was diverted (a car was bought)", "accord assure"]),
        (("release", reference, "--as", "paul.nkosi"), REFUSED, ["on hold"]),
        (
            ("assure", reference, "--as", "pia.berg", "--what", "restored"),
            REFUSED,
            ["Pia Berg may not record"],
        ),
    )
    assure = ("assure", reference, "--as", "vera.lind", "--what", "two sign from now on")
    back = ("--restored", "9000.00", "--bank-reference", "NTRF-9")
    await assert_all_fail(
        shell,
        (assure, REFUSED, ["say how much was diverted", "--diverted SUM"]),
        ((*assure, "--diverted", "9000.00", *back), REFUSED, ["no refund NTRF-9 is on record", "--document"]),
    )
    assured = await shell.done(*assure, "--diverted", "9000.00")
    assert f"{reference} the assurances are recorded" in assured.stdout
    assert "the hold is lifted" in (await shell.done(*lift)).stdout
    assert (await life.state()).hold is None
    assert "the tranche is released" in (await shell.done("release", reference, "--as", "paul.nkosi")).stdout


@pytest.mark.slow
async def test_a_report_of_a_year_does_not_close_and_the_final_one_does(
    shell: Shell, desk: Desk, reference: str
) -> None:
    life = Life(desk, reference)
    await life.bank_says(await life.released(proposal(reference)), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    annual = await shell.done(
        "report", reference, "--kind", "PROGRESS", "--as", "pia.berg", "--summary", "half is spent"
    )
    assert f"{reference} the report is recorded\n" in annual.stdout
    assert "Stage: ACTIVE" in annual.stdout
    spent = str((await life.state()).settled_sum)
    said = ("report", reference, "--as", "pia.berg", "--summary", "all is spent", "--spent", spent)
    assert "Stage: ACTIVE" in (await shell.done(*said)).stdout
    accepted = ("accept-report", reference, "--report", "2", "--as", "ana.silva", "--reason", "it agrees")
    assert "the report is accepted, closed" in (await shell.done(*accepted)).stdout
