"""Lists by what they forbid, from the door to the bank file: who is asked about, what stops, what is not sent back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.policy.conditions import ConditionId
from registers.loading.loader import override
from tests.accord.organisation.test_clearances import Office, bureau
from tests.accord.shell import REFUSED, assert_all_fail
from tests.builders import beneficiary, benefit, company, funds_in, funds_out, joint, party, proposal
from tests.lives import Life
from tests.registers.files import ARCHIVE, load_small, sdn_row, write
from tests.treasury import fund, unrestricted

__all__ = ["bureau"]

CARRIER, DONOR = "Great Plains Carrier Inc", "Northern Light Telecom Ltd"
FUND = "FD-2026-LISTS"
REASON = ("--reason", "as the list says it")


async def consolidated(office: Office, *entries: tuple[str, str]) -> None:
    """Put a consolidated list in force with these names, each under its programme."""
    rows = [sdn_row(7000 + n, name).replace("SAMPLE", told) for n, (name, told) in enumerate(entries)]
    others = [sdn_row(7900 + n, f"QUARTZ DREDGING {n}") for n in range(3)]
    alias, place = '7900,1,"aka","QUARTZ",-0- ', '7900,1,-0- ,-0- ,"Zorvania",-0- '
    contents = {"cons_prim.csv": [*rows, *others], "cons_alt.csv": [alias], "cons_add.csv": [place]}
    paths = [write(office.folder, name, *lines, end="\r\n") for name, lines in contents.items()]
    async with office.desk.pool.acquire() as connection:
        report = await load_small(connection, "ofac-consolidated", *paths, on=datetime.now(UTC).date())
        if report.refused:
            report = await override(connection, report.version, ARCHIVE, "it is the list of this test alone")
    assert report.loaded, report


async def publish(office: Office, *names: str) -> None:
    await office.publish(*(name.upper() for name in names))


async def held(life: Life) -> Partnership:
    return await life.until(lambda known: bool(known.holds))


async def shown(office: Office, reference: str) -> str:
    return (await office.shell.done("show", reference)).words


# V1


@pytest.mark.sampled(1)
@pytest.mark.parametrize("programme", ["CMIC-EO13959", "UKRAINE-EO13662] [RUSSIA-EO14024", "561-Related"])
async def test_joint_work_with_a_company_whose_securities_alone_are_forbidden_goes_on(
    bureau: Office, reference: str, programme: str
) -> None:
    await consolidated(bureau, (CARRIER, programme))
    life = Life(bureau.desk, reference)
    await life.propose(proposal(reference, partner=company(CARRIER), non_monetary=joint()))
    state = await life.until_stage(Stage.APPROVAL)
    assert (state.matched, state.open_conditions()) == (False, ())
    told = await shown(bureau, reference)
    assert "no report is owed" in told
    assert "within 10 business days" not in told


@pytest.mark.slow
async def test_a_programme_that_nobody_knows_waits_for_a_verifier(bureau: Office, reference: str) -> None:
    await consolidated(bureau, (CARRIER, "TOMORROW-EO99999"))
    life = Life(bureau.desk, reference)
    await life.propose(proposal(reference, partner=company(CARRIER), non_monetary=joint()))
    state = await life.until_stage(Stage.ELIGIBILITY)
    assert "TOMORROW-EO99999" in state.why
    assert not state.matched
    approve = ("approve", reference, "--reason", "the order forbids loans alone", "--no-interest", "--as", "vera.lind")
    await bureau.shell.done(*approve)
    assert (await life.until_stage(Stage.APPROVAL)).verifier == "vera.lind"


@pytest.mark.slow
async def test_a_note_that_becomes_a_prohibition_between_two_tranches_holds_the_second(
    bureau: Office, reference: str
) -> None:
    await consolidated(bureau, (CARRIER, "CMIC-EO13959"))
    life = Life(bureau.desk, reference)
    out = funds_out("600.00", "400.00", benefit=benefit(beneficiary(CARRIER, "40")))
    first = await life.released(proposal(reference, funds_out=out))
    await life.bank_says(first, BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await consolidated(bureau, (CARRIER, "FSE-IR"))
    assert reference in await bureau.rescreen()
    assert "FSE-IR" in str((await held(life)).holds)


# Who is asked about


def used(reference: str, share: str = "60") -> Any:
    out = funds_out("600.00", "400.00", benefit=benefit(beneficiary(CARRIER, share)))
    return proposal(reference, funds_out=out)


@pytest.mark.slow
async def test_whoever_gets_60_per_cent_of_the_use_and_is_listed_later_holds_what_is_not_paid_yet(
    bureau: Office, reference: str
) -> None:
    life = Life(bureau.desk, reference)
    await life.signed(used(reference))
    await publish(bureau, CARRIER)
    assert await bureau.rescreen() == (reference,)
    state = await held(life)
    assert CARRIER in str(state.holds)
    await assert_all_fail(
        bureau.shell,
        (("release", reference, "--tranche", "1", "--as", "paul.nkosi"), REFUSED, ["on hold", CARRIER]),
        (("lift", reference, *REASON, "--as", "femi.ade"), REFUSED, [CARRIER, "no hold is lifted", "terminate"]),
    )
    told = await shown(bureau, reference)
    assert ConditionId.SANCTIONS_REPORT.value in told


@pytest.mark.slow
async def test_the_check_before_a_payment_asks_about_them_itself(bureau: Office, reference: str) -> None:
    life = Life(bureau.desk, reference)
    await life.released(used(reference))
    await publish(bureau, CARRIER)
    export = await bureau.shell("payments", "export", "--as", "paul.nkosi")
    assert "on hold" in export.words
    assert CARRIER in export.words
    assert await bureau.desk.pool.fetchval("SELECT count(*) FROM payments.files") == 0
    state = await held(life)
    assert CARRIER in str(state.holds)
    told = await shown(bureau, reference)
    assert "make the payment file" not in told
    assert "cancel the payment of tranche 1" in told


@pytest.mark.slow
async def test_whoever_gets_less_than_a_quarter_is_not_asked_about(bureau: Office, reference: str) -> None:
    life = Life(bureau.desk, reference)
    await life.signed(used(reference, "24"))
    await publish(bureau, CARRIER)
    assert await bureau.rescreen() == ()


@pytest.mark.slow
async def test_a_payee_whose_other_registered_name_is_listed_is_declined(bureau: Office, reference: str) -> None:
    await bureau.desk.pool.execute(
        "UPDATE registers.rows SET row = row || 'LOWER RIVER READERS' WHERE key = '001000001' AND kind = 'bmf'"
    )
    await publish(bureau, "Lower River Readers")
    life = Life(bureau.desk, reference)
    await life.propose(proposal(reference))
    state = await life.until_stage(Stage.DECLINED)
    assert "LOWER RIVER READERS" in state.why


# The money of a blocked donor


async def listed_donor(office: Office, reference: str) -> Life:
    """In and out: 5,000 came in, 600 were paid, and then the donor is on the list."""
    life = Life(office.desk, reference)
    await unrestricted(office.desk, FUND)
    gift = funds_in("5000.00", donor=party(DONOR, ein=None), into=FUND)
    await life.signed(proposal(reference, funds_out=funds_out("600.00", "400.00"), funds_in=gift))
    await life.money_arrives("5000.00")
    await life.until(lambda known: known.received == 5000)
    assert (await fund(office.desk, FUND)).granted == 5000
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await publish(office, DONOR)
    assert reference in await office.rescreen()
    await held(life)
    return life


async def given(life: Life, gift: Any) -> None:
    """A gift alone is approved and signed."""
    await life.approved(gift)
    await life.do(c.SignAgreement, "dora.kim", signed_on=datetime.now(UTC).date())


def sent(reference: str, way: str, amount: str = "5000.00") -> tuple[str, ...]:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    booked = ("--amount", amount, "--bank-reference", "NTRF-77", "--booked-on", day)
    return ("refund", reference, way, *booked, *REASON, "--as", "femi.ade")


@pytest.mark.slow
async def test_what_a_blocked_donor_gave_is_blocked_reported_and_never_sent_back(
    bureau: Office, reference: str
) -> None:
    life = await listed_donor(bureau, reference)
    await assert_all_fail(
        bureau.shell,
        (("lift", reference, *REASON, "--as", "femi.ade"), REFUSED, [DONOR, "no hold is lifted"]),
        (sent(reference, "--to-donor"), REFUSED, [DONOR, "not sent back", "--to-blocked-account"]),
    )
    told = await shown(bureau, reference)
    assert "make the payment file" not in told
    assert "blocked account" in told
    assert (await fund(bureau.desk, FUND)).granted == 0, "nothing of it is free"
    await bureau.shell.done(*sent(reference, "--to-blocked-account"))
    confirm = ("confirm-refund", reference, "--bank-reference", "NTRF-77", *REASON, "--as", "dora.kim")
    await bureau.shell.done(*confirm)
    state = await life.until(lambda known: known.kept == 0)
    assert state.to_block == 0
    assert ConditionId.SANCTIONS_REPORT in state.open_conditions()


@pytest.mark.slow
async def test_a_donor_listed_after_the_end_gets_nothing_back_either(bureau: Office, reference: str) -> None:
    life = Life(bureau.desk, reference)
    gift = funds_in("5000.00", donor=company(DONOR))
    await given(life, proposal(reference, funds_in=gift))
    await life.money_arrives("5000.00")
    await life.until(lambda known: known.received == 5000)
    await life.do(c.Terminate, "dora.kim", reason="The rooms are not built")
    await publish(bureau, DONOR)
    await assert_all_fail(
        bureau.shell,
        (sent(reference, "--to-donor"), REFUSED, [DONOR, "not sent back", "--to-blocked-account"]),
        (
            (*sent(reference, "--to-donor"), "--to-blocked-account"),
            2,
            ["--to-donor, --to-blocked-account", "give one of them"],
        ),
    )
    await bureau.shell.done(*sent(reference, "--to-blocked-account"))


@pytest.mark.slow
async def test_money_of_a_donor_who_is_on_no_list_goes_back_and_is_not_blocked(bureau: Office, reference: str) -> None:
    life = Life(bureau.desk, reference)
    gift = funds_in("5000.00", donor=company(DONOR))
    await given(life, proposal(reference, funds_in=gift))
    await life.money_arrives("5000.00")
    await life.until(lambda known: known.received == 5000)
    await assert_all_fail(bureau.shell, (sent(reference, "--to-blocked-account"), REFUSED, ["on no list that blocks"]))
    await bureau.shell.done(*sent(reference, "--to-donor"))
