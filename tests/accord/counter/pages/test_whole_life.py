"""The whole life by browser alone: from an empty database, directory and keys included, to a grant that is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from accord.audit.signatures import authorship_of
from accord.client.desk import Desk
from accord.console.serving.settings import ConsoleSettings
from accord.counter.pages.settings import CounterSettings
from accord.demo.sample import load_sample_registers
from accord.organisation.passkeys import passkey_of
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.stack import Stack
from deploy.logins import Login
from domain.partnership.stages import Stage
from domain.streams import StreamId
from payments.accounts import AccountDetails, reference_of
from records.funds import Funds
from tests.accord.console.conftest import Person, at_a_browser
from tests.accord.console.deciding.test_life import STEPS, propose
from tests.accord.console.organisation.empty import an_empty_house
from tests.accord.console.organisation.founders import PEOPLE, decided, people_at_browsers, prepared, signed
from tests.accord.counter.pages.conftest import AtTheCounter
from tests.accord.shell import Shell
from tests.conftest import Office
from tests.lives import Life
from tests.payments.answers.test_with_bank import bank, open_ours, pass_a_business_day
from tests.payments.orders import ISOC, RIVERBEND

__all__ = ["at_a_browser", "bank"]

REFERENCE: Final = "P-2026-0001"
FUND: Final = "FD-2026-CONNECT"
ALIVE: Final = (
    STEPS[0],
    {**STEPS[1], "from:funds_out": f"ISOC {FUND}"},
    {
        **{name: text for name, text in STEPS[2].items() if name != "public_interest.objective"},
        "public_interest.mission_objective": "Bring people online",
    },
    STEPS[3],
)
"""What the proposer types in a house whose rules name no objectives, for a grant out of its own fund."""
CALLED: Final = "their treasurer, on the number of the signed agreement"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="until its money is there"),
        pytest.param(True, id="until its report is accepted"),
    ],
)
def whole(request: pytest.FixtureRequest) -> bool:
    """True for the long form, from the first passkey to the end of a grant."""
    return bool(request.param)


@pytest.fixture(scope="module")
async def office(stack: Stack, template: str, whole: bool) -> AsyncIterator[Office]:
    """A database of each form's own, in which nobody founded a directory. Its machine loaded the registers."""
    async with an_empty_house(stack, template) as house:
        pool = await open_pool(house.url_of(Login.LOADER))
        await load_sample_registers(pool)
        await pool.close()
        yield house


@pytest.fixture(scope="module")
def operator(stack: Stack, office: Office) -> Shell:
    """A terminal of whoever runs the database."""
    return Shell(ACCORD_DATABASE_URL=office.url, TEMPORAL_ADDRESS=stack.state.temporal_address)


@pytest.fixture(scope="module")
def served(counter: CounterSettings) -> ConsoleSettings:
    """The console that is served beside the counter."""
    return ConsoleSettings(
        origin=counter.console_origin, signing_origin=counter.signing_origin, relying_party="localhost",
        issuer=counter.issuer, counter_origin=counter.origin,
    ).checked()  # fmt: skip


async def sitting(person: Person, counter: CounterSettings) -> AtTheCounter:
    """The same person in the same browser, at the counter."""
    sat = AtTheCounter(
        person.staff_id, person.context, person.page, person.devices, counter, person.complaints  # type: ignore[arg-type]
    )  # fmt: skip
    await sat.sign_in()
    return sat


async def founded(at_a_browser: Any, operator: Shell, folder: Path) -> dict[str, Person]:
    """Four people who founded the directory, and a fifth whom two of them let join, all signed in at the console."""
    made = await people_at_browsers(at_a_browser, folder)
    people = {staff_id: person for staff_id, (person, _) in made.items()}
    ada, ben, *_ = people.values()
    code = await prepared(ada, {staff_id: key for staff_id, (_, key) in made.items()})
    await operator.done("directory", "found", *code.split(), "--yes")
    await ada.page.set_viewport_size({"width": 1280, "height": 900})
    eli: Person = await at_a_browser("eli.sato")
    await eli.plug_in()
    key = passkey_of(await eli.make_passkey(folder)).key_id
    for person in people.values():
        await person.sign_in()
    joins = {"staff_id": "eli.sato", "name": "Eli Sato", "roles=PROPOSER": "yes"}
    await decided(ada, ben, "/directory/person", **joins)
    await decided(ada, ben, "/people/eli.sato/passkey", key=key)
    await eli.sign_in()
    return {**people, "eli.sato": eli}


async def account_on_record(first: AtTheCounter, second: AtTheCounter, details: AccountDetails, **more: str) -> str:
    """Let one person record an account, and another call back and vouch for it. Returns its reference."""
    await first.open("/accounts")
    await first.page.click("summary:has-text('Record an account')")
    typed = details.model_dump(exclude_defaults=True)
    for name, text in {**typed, **more}.items():
        await first.type(name, str(text))
    await first.press("Record it")
    assert "The account is recorded." in await first.sign()
    reference = reference_of(details).reference
    assert details.identifier in (await second.open(f"/accounts/{reference}")).replace(" ", "")
    await second.type("note", CALLED)
    await second.press("Vouch for it")
    assert "You vouched for the account." in await second.sign()
    return reference


async def funded(people: dict[str, Person], account: str) -> None:
    """A funder that two guardians entered, and its fund, with a budget that a director confirmed."""
    ada, ben, _, dan, _ = people.values()
    await decided(ada, ben, "/directory/funder", name="Internet Society", funder_id="ISOC", account=account)
    await signed(dan, "/funds/open", name="Connect 2026", fund=FUND, funder="ISOC", programme="Connect")
    await signed(dan, f"/funds/{FUND}/budget", amount="60,000.00", reason="resolution 1 of the board")
    await ada.page.goto(f"{ada.settings.origin}/funds/{FUND}")
    await ada.page.click("text=Confirm")
    assert "Recorded" in await ada.touch()


async def acts(person: Person, act: str, **given: str) -> None:
    """Let somebody act on the partnership."""
    await person.prepare(REFERENCE, act, **given)
    assert "Recorded as entry " in await person.touch()


async def agreed(people: dict[str, Person], life: Life, payer: AtTheCounter, caller: AtTheCounter) -> None:
    """Propose, approve, and sign the agreement with an account that another person called back for."""
    ada, _, _, dan, eli = people.values()
    await propose(eli, REFERENCE, ALIVE)
    assert "Recorded as entry " in await eli.touch()
    await life.until(lambda known: known.stage is Stage.APPROVAL)
    await acts(dan, "approve", reason="within the budget", no_interest="yes")
    await acts(ada, "approve", reason="it fits the programme", no_interest="yes")
    account = await account_on_record(payer, caller, RIVERBEND, owner=REFERENCE)
    await acts(ada, "sign-agreement", signed_on="2026-11-02", account=account)


async def left_for_the_bank(payer: AtTheCounter, folder: Path) -> bytes:
    """The payment file that its payer made, handed over and took, at the counter."""
    await payer.open("/")
    await payer.press("Make the file")
    assert "The file is made: USD 5,000.00 in 1 payment." in await payer.sign()
    await payer.press("See the file")
    await payer.press("Hand it over")
    assert "The file is handed over" in await payer.sign()
    await payer.press("See the file")
    async with payer.page.expect_download() as coming:
        await payer.press("Take the file")
    taken = folder / "taken.xml"
    await (await coming.value).save_as(taken)
    return await asyncio.to_thread(taken.read_bytes)


async def answered(importer: AtTheCounter, bank: Bank, file: bytes, folder: Path) -> None:
    """Carry a file to the bank, and bring in what it answers."""
    open_ours(bank)
    await asyncio.to_thread(bank.submit, file)
    await asyncio.to_thread(pass_a_business_day, bank)
    for answer in await asyncio.to_thread(bank.collect, folder):
        await importer.open("/answers")
        await importer.page.set_input_files("#file", answer)
        await importer.press("Read it")
        await importer.page.wait_for_url(importer.settings.origin + "/answers/**")
        await importer.press("Sign and bring it in")
        assert "1 answer recorded" in await importer.sign()


@pytest.mark.early
@pytest.mark.slow
async def test_a_grant_lives_from_an_empty_database_to_its_accepted_report_by_browser_alone(
    at_a_browser: Any, counter: CounterSettings, operator: Shell, desk: Desk, bank: Bank, tmp_path: Path, whole: bool
) -> None:
    """Given an empty database, when people with browsers and passkeys do all of it, then a grant is paid and closed.

    Five take part: whoever proposes, approves, calls back and pays for one grant are as many people by the rules.
    """
    people = await founded(at_a_browser, operator, tmp_path)
    assert list(people)[:4] == list(PEOPLE)
    _, ben, cleo, dan, _ = people.values()
    dan_sits, ben_sits, cleo_sits = [await sitting(person, counter) for person in (dan, ben, cleo)]
    await funded(people, await account_on_record(dan_sits, ben_sits, ISOC, new_funder="yes"))
    assert (await Funds(desk.reader).read(FUND)).budget == Decimal(60000)
    if whole:
        life = Life(desk, REFERENCE)
        await agreed(people, life, dan_sits, ben_sits)
        await acts(cleo, "release", tranche="1")
        await life.instructed()
        await answered(dan_sits, bank, await left_for_the_bank(cleo_sits, tmp_path), tmp_path / "answers")
        await ended(people, life)
    assert [person.complaints for person in people.values()] == [[]] * 5


async def ended(people: dict[str, Person], life: Life) -> None:
    """Report on what the bank paid, and let another person accept it: the partnership closes by itself."""
    ada, *_, eli = people.values()
    await life.until(lambda known: known.settled_sum == 5000)
    await acts(eli, "report", summary="Eleven courses were held", spent="5,000.00", unspent="0", returned="0")
    await acts(ada, "accept-report", report="1", reason="it agrees with the bank statement")
    known = await life.until_stage(Stage.CLOSED)
    authors = await authorship_of(life.desk.ledger, life.desk.registrar, StreamId.partnership(REFERENCE))
    assert (known.settled_sum, set(authors.values())) == (5000, {None})
