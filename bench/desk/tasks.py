"""The twelve tasks: who does what, from the page of their work to the words that say it is done."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bench.desk import words
from bench.desk.browsers import Person
from bench.desk.house import House

INSTRUCTED_WITHIN: Final = 60
"""Seconds in which a released payment is instructed. Without a bound, one that was not released is awaited for ever."""
Work = Callable[[Person, House], Awaitable[None]]


async def nothing(person: Person, house: House) -> None:
    """Await nothing."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a person, in the order in which the twelve are done."""

    words: str
    role: str
    staff_id: str
    work: Work
    before: Work = nothing
    """What is awaited before it begins, and not counted."""


async def from_work_to(person: Person, partnership: str) -> None:
    """Open a case from the page of work."""
    await person.page.locator(f'main a[href="/{partnership}"]').first.click()


async def propose(person: Person, house: House) -> None:
    """Propose the shortest grant to a partner whom the desk knows."""
    await write_proposal(person, house)
    await person.press(words.CONTINUE)
    await person.sign()


async def write_proposal(person: Person, house: House) -> None:
    """Write that proposal up to the page on which its answers are checked."""
    await person.press(words.PROPOSE, "header")
    await person.press(words.BEGIN_PROPOSAL)
    await person.write("title", "Reading lamps for two more villages")
    await person.page.fill("#find-partner", house.partner)
    await person.press(words.FIND)
    await person.page.locator(".known", has_text=house.partner).wait_for()
    await person.press(words.SAVE_AND_CONTINUE)
    await person.choose("from:funds_out", "ISOC")
    await person.write("funds_out.tranches.0.money.amount", "900.00")
    await person.write("funds_out.purpose", "Lamps, and a person who puts them up")
    await person.page.click(f"text={words.FOR_THE_PROGRAMME}")
    await person.page.click(f"text={words.NONE_IS_TRUE}")
    await person.press(words.SAVE_AND_CONTINUE)
    await person.choose("public_interest.objective", "CONNECT")
    await person.write("public_interest.community_served", "Readers of two villages on the Lower River")
    await person.choose("public_interest.community.kind", "LIBRARY_USERS")
    await person.write("public_interest.community.places.0.country", "United States")
    await person.write("public_interest.community.number", "300")
    await person.write("public_interest.statement", "Everybody who reads there has the light")
    await person.choose("funds_out.no_private_benefit", "OPEN_TO_ALL")
    await person.press(words.CHECK_ANSWERS)


async def answer(person: Person, house: House) -> None:
    """Answer the question about a proposal with a paper, and propose it again."""
    await from_work_to(person, house.asked)
    await person.press(words.ANSWER)
    await person.press(words.CHECK_ANSWERS)
    await person.write("answer", "The county's register of parishes names it; the extract is with our records office")
    await person.press(words.CONTINUE)
    await person.sign()


async def decide(person: Person, partnership: str, act: words.Found, *ticks: str, reason: str = "") -> None:
    """Take the step of a case that its page offers first, with a reason, up to the touch."""
    await from_work_to(person, partnership)
    await person.press(act)
    if reason:
        await person.write("reason", reason)
    for name in ticks:
        await person.tick(name)
    await person.press(words.CONTINUE)
    await person.sign()


async def approve(person: Person, house: House) -> None:
    """Approve a grant for the programme."""
    await decide(person, house.to_approve, words.APPROVE, "no_interest", reason="It fits the programme")


async def accept(person: Person, house: House) -> None:
    """Read a report with its figures, and accept it."""
    await from_work_to(person, house.reported)
    if "USD 6,000.00" not in await person.page.locator("main", has_text="Spent").inner_text():
        raise RuntimeError("the report's figures are not on the page")
    await person.press(words.ACCEPT_REPORT)
    await person.write("reason", "It agrees with the books")
    await person.press(words.CONTINUE)
    await person.sign()


async def sum_up(person: Person, house: House) -> None:
    """Find how many wait for me, and the sum of them."""
    if not re.search(r"\d+ partnerships? waiting\b.*USD [\d,]+\.\d\d", await person.told(), re.DOTALL):
        raise RuntimeError("the page says no sum of what waits")


async def sign_agreement(person: Person, house: House) -> None:
    """Record the signed agreement, with the account that is paid."""
    await from_work_to(person, house.to_agree)
    await person.press(words.SIGN_AGREEMENT)
    await person.write("signed_on", house.today)
    await person.choose("account", house.account)
    await person.press(words.CONTINUE)
    await person.sign()


async def release(person: Person, house: House) -> None:
    """Release the first payment of the grant whose agreement was signed."""
    await decide(person, house.to_agree, words.RELEASE)


async def until_ready(person: Person, house: House) -> None:
    """Wait until the released payment may go into a file, or until it must have been: the task then says so."""
    for _ in range(INSTRUCTED_WITHIN):
        await person.page.goto(person.stack.counter_url)
        if house.to_agree in await person.told():
            return
        await asyncio.sleep(1)


async def make_and_hand_over(person: Person, house: House) -> None:
    """Make the file for the bank at the counter, hand it over, and take it."""
    await person.press(words.PAYMENTS, "header")
    await person.press(words.TO_THE_COUNTER)
    await person.page.locator("main", has_text=house.to_agree).wait_for()
    await person.press(words.MAKE_FILE)
    await person.sign()
    await person.press(words.SEE_FILE)
    await person.press(words.HAND_OVER)
    await person.sign()
    await person.press(words.SEE_FILE)
    house.taken = await person.downloaded(person.find(words.TAKE_FILE))


async def bring_in(person: Person, house: House) -> None:
    """Bring in the bank's answer to that file, and see what it says before it counts."""
    if not house.taken:
        raise RuntimeError("no file was taken to the bank")
    answered = house.bank_answer()
    await person.press(words.PAYMENTS, "header")
    await person.press(words.TO_THE_ANSWERS)
    await person.page.set_input_files("#file", answered)
    await person.press(words.READ_ANSWER)
    await person.page.locator("main", has_text=house.to_agree).wait_for()
    await person.press(words.BRING_IN)
    await person.sign()


async def resolve(person: Person, house: House) -> None:
    """Say what money was that came in from a stranger."""
    await person.page.click(f"header summary:has-text({words.MORE!r})")
    await person.press(words.EXCEPTIONS, "header")
    await person.press(words.MONEY_FROM_A_STRANGER)
    await person.press(words.WENT_BACK)
    await person.write("note", "Our bank's desk for receipts sent it back this morning")
    await person.press(words.CONTINUE_AT_THE_COUNTER)
    await person.sign()


async def paid_this_year(person: Person, house: House) -> None:
    """Find what was paid this year, to whom, and of which fund."""
    await person.press(words.PAYMENTS, "header")
    await person.page.locator("main", has_text=f"paid in {house.today[:4]}").wait_for()
    await person.page.get_by_role("heading", name=words.BY_PAYEE, exact=True).wait_for()
    await person.page.get_by_role("heading", name=words.BY_FUND, exact=True).wait_for()


async def prove(person: Person, house: House) -> None:
    """Prove that a payment was released as its record says: the signature, and the entry's place in the ledger."""
    await person.page.get_by_label(words.FIND_A_PARTNERSHIP).fill(house.closed)
    async with person.page.expect_navigation():
        await person.page.keyboard.press("Enter")
    if not person.page.url.endswith(house.closed):  # a number that is found opens at once, or stands in a list
        await from_work_to(person, house.closed)
    await person.page.locator(f'main summary[aria-label*="{words.RELEASED}"]').first.click()
    await person.page.locator("main .proof[open]", has_text="Proved").wait_for()
    await person.page.locator('main .proof[open] a[href^="/proof/"]').click()
    await person.page.locator("main", has_text=words.HOLDS).wait_for()


OFFICER, FINANCE, DIRECTOR, AUDITOR = "programme officer", "finance", "director", "auditor"
TASKS: Final = (
    Task("propose a grant to a known partner", OFFICER, "pia.berg", propose),
    Task("answer a question, and propose again", OFFICER, "pia.berg", answer),
    Task("approve a grant", OFFICER, "ana.silva", approve),
    Task("read a report, and accept it", OFFICER, "ana.silva", accept),
    Task("find what waits for me, and its sum", FINANCE, "femi.ade", sum_up),
    Task("sign an agreement", DIRECTOR, "dora.kim", sign_agreement),
    Task("release a payment", FINANCE, "paul.nkosi", release),
    Task(
        "make the file for the bank, and hand it over",
        FINANCE,
        "paul.nkosi",
        make_and_hand_over,
        until_ready,
    ),
    Task("bring in the bank's answer", FINANCE, "paul.nkosi", bring_in),
    Task("resolve an exception", FINANCE, "femi.ade", resolve),
    Task("see what was paid to whom this year, by fund", DIRECTOR, "dora.kim", paid_this_year),
    Task("prove who released a payment", AUDITOR, "otto.audit", prove),
)
