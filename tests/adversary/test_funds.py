"""A transfer between funds counts in both or in none, up to the bank's file (ADR 0062)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accord.client.desk import Desk
from deploy.database import open_pool
from domain.directory.tiers import Role
from ledger import clock
from records.keys.keyring import Keyring
from tests.accord.shell import Answer
from tests.adversary.people import intruder
from tests.adversary.people.office import PAYER, Office, until
from tests.adversary.people.papers import LAKESIDE, RIVERBEND, Organisation, grant
from tests.governing import hire

FAY = "fay.okoro"
"""Of finance, beside femi.ade: what they sign is doubted by nobody."""


@pytest.fixture(scope="module", autouse=True)
async def fay(office: Office) -> None:
    pool = await open_pool(office.stack.postgres.url)
    await hire(Desk(pool, Keyring(office.folder / "keys")), FAY, Role.FINANCE_APPROVER)
    await pool.close()


async def signed_for(office: Office, fund: str, *change: object, by: str = FAY) -> None:
    """One of finance asks for a change of a fund's money, a director confirms it."""
    asked = await office.done("funds", *change, "--reason", "as the board resolved", "--as", by, "--json")
    await office.done("funds", "confirm", fund, asked.json["change_id"], "--as", "dora.kim")


async def two_funds(office: Office, held: str = "6000.00") -> tuple[str, str]:
    """Two funds, of which only the first holds anything."""
    number = office.reference()[2:]
    names = f"FD-{number}-A", f"FD-{number}-B"
    for one in names:
        about = ("--name", "A fund", "--funder", "ISOC", "--currency", "USD", "--year", clock.today().year)
        await office.done("funds", "open", one, *about, "--as", FAY)
    await signed_for(office, names[0], "balance", names[0], held)
    return names


async def paid_of(office: Office, fund: str, amount: str, payee: Organisation = RIVERBEND) -> str:
    """A grant that a fund pays, as proposed. Return its reference."""
    proposal = grant(office.reference(), amount, payee=payee)
    proposal["funds_out"]["funds"] = [{"fund": fund}]
    reference: str = proposal["reference"]
    await office.done("propose", office.file(proposal, "proposal.json"), "--as", "pia.berg")
    await until(lambda: office.holds(reference, "EligibilityAssessed"))
    return reference


async def approved(office: Office, reference: str) -> Answer:
    """Two approve, and nobody doubts the one of finance. Return the second answer."""
    words = ("approve", reference, "--no-interest", "--reason", "it fits")
    await office.done(*words, "--as", "ana.silva")
    return await office.accord(*words, "--as", FAY)


async def agreed(office: Office, reference: str, payee: Organisation = RIVERBEND) -> None:
    assert (await approved(office, reference)).code == 0
    await office.done("sign-agreement", reference, "--as", "dora.kim", "--account", office.accounts[payee.account])


async def balances(office: Office, *funds: str) -> list[tuple[str, str]]:
    """The sums granted to and available in each fund, alone and as the list shows it."""
    await until(office._folded)
    listed = {one["fund"]: one for one in (await office.done("funds", "list", "--json")).json}
    shown = {one: (await office.done("funds", "show", one, "--json")).json for one in funds}
    for one in funds:
        assert listed[one]["granted"] == shown[one]["granted"]
    return [(shown[one]["granted"], shown[one]["available"]) for one in funds]


async def test_that_money_came_of_a_fund_that_sent_none_pays_nobody(office: Office) -> None:
    """With the worker's login somebody writes that money came, from a fund that holds it and from one that is none."""
    first, second = await two_funds(office)
    for source in (first, "FD-2026-NONE"):
        made_up = {"at": clock.now().isoformat().replace("+00:00", "Z"), "amount": "5000.00", "from_fund": source}
        await intruder.append(office, f"fund/{second}", "MoneyMovedIn", {**made_up, "change_id": str(uuid4())})
    assert await balances(office, first, second) == [("6000.00", "6000.00"), ("0.00", "0.00")]
    reference = await paid_of(office, second, "5000.00", LAKESIDE)  # what others pay one payee asks for a director too
    refused = await approved(office, reference)
    assert f"{second} has 0 USD left" in refused.stderr
    shown = await office.done("funds", "show", second)
    assert "5,000.00 from FD-2026-NONE do not count" in " ".join(shown.stdout.split())


@pytest.mark.slow
async def test_a_transfer_whose_asker_is_doubted_is_undone_in_both_funds_and_its_money_leaves_once(
    office: Office,
) -> None:
    """Given a grant agreed of money that came from another fund, when the key of who asked for the transfer is revoked
    for cause, then the money is back where it was, and may be paid there; the grant is not covered any more."""
    first, second = await two_funds(office)
    await signed_for(office, first, "transfer", first, second, "5000.00", by="femi.ade")
    promised = await paid_of(office, second, "5000.00", LAKESIDE)
    await agreed(office, promised, LAKESIDE)
    await office.release(promised)
    assert await balances(office, first, second) == [("1000.00", "1000.00"), ("5000.00", "0.00")]

    await doubted(office, "femi.ade")
    assert await balances(office, first, second) == [("6000.00", "6000.00"), ("0.00", "-5000.00")]
    other = await paid_of(office, first, "5000.00")
    await agreed(office, other)
    await office.release(other)
    late = await paid_of(office, second, "5000.00")
    assert f"{second} has 0 USD left" in (await approved(office, late)).stderr

    said = " ".join(one.words for one in await office.pay())
    assert f"{second} covers 0.00 of the 5,000.00" in " ".join(said.split())
    assert [str(one.amount) for one in office.bank.told(other, 1)] == ["5000.00"]
    assert office.bank.told(promised) == []
    await mended(office, first, second, promised)


async def doubted(office: Office, person: str) -> None:
    """Two guardians revoke somebody's key, which others may have used since the day before yesterday."""
    since = f"{clock.today().replace(day=1):%Y-%m-%d}"
    asked = await office.done("staff", "revoke", person, "--compromised-since", since, "--as", "dora.kim", "--json")
    await office.done("staff", "confirm", asked.json["change_id"], "--as", "otto.audit")


async def mended(office: Office, first: str, second: str, promised: str) -> None:
    """The first fund has too little left. Once two signed that the second holds money, the grant is paid."""
    short = await office.accord("funds", "transfer", first, second, "5000.00", "--reason", "anew", "--as", FAY)
    assert f"{first} has 1,000.00 USD available" in short.stderr
    await signed_for(office, second, "balance", second, "5000.00")
    await office.pay()
    assert [str(one.amount) for one in office.bank.told(promised, 1)] == ["5000.00"]


@pytest.mark.slow
async def test_a_release_of_what_is_not_covered_any_more_is_refused(office: Office) -> None:
    """The key was revoked before: femi.ade signs with a new one, which is doubted in its turn."""
    first, second = await two_funds(office)
    await renewed(office)
    await signed_for(office, first, "transfer", first, second, "5000.00", by="femi.ade")
    promised = await paid_of(office, second, "5000.00", LAKESIDE)
    await agreed(office, promised, LAKESIDE)
    await doubted(office, "femi.ade")
    refused = await office.accord("release", promised, "--tranche", 1, "--as", PAYER)
    assert f"{second} covers 0.00 of the 5,000.00" in refused.stderr


async def renewed(office: Office) -> None:
    """A new key of femi.ade's, signed for by two."""
    (office.folder / "keys" / "femi.ade.pem").unlink()
    asked = await office.done("staff", "enrol", "femi.ade", "--as", "dora.kim", "--json")
    await office.done("staff", "confirm", asked.json["change_id"], "--as", "otto.audit")
