"""An exception is resolved by a touch: of one person, or of two without a part in it, over the words that they saw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.payment.bank_answers import Resolution
from domain.payment.bank_file import ExceptionResolved, ResolutionAgreed
from domain.payment.tranche.status import TrancheStatus
from domain.streams import StreamId
from payments.answers.exceptions import RaisedException
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, handed_over, imports, recorded, told_now
from tests.accord.counter.pages.conftest import AtTheCounter
from tests.accord.counter.pages.signing import Signer, signer
from tests.scribe import Scribe

People = Callable[[str], Awaitable[Signer]]
FIRST, SECOND, PAYER = "femi.ade", "mira.sato", "paul.nkosi"
NOTE = {"note": "the bank's advice of charges of today"}
DIFFERENCE = Resolution.BOOKED_WITH_DIFFERENCE.value


@pytest.fixture
def people(call: Any, desk: Desk, console_pool: asyncpg.Pool) -> People:
    async def person(staff_id: str) -> Signer:
        return await signer(call, desk, console_pool, staff_id)

    return person


@pytest.fixture
async def story(desk: Desk, reference: str, tmp_path: Path) -> Scribe:
    """A payment that its payer handed over, and whose booking they brought in: it is over more than was instructed."""
    scribe = await paying.released(desk, reference)
    await handed_over(desk, tmp_path / "out")
    more = booked(paying.identifier(scribe), "1015.00", reference=f"DEBIT-{reference}")
    await imports(desk, told_now(more, message=f"BANK-{reference}"))
    return scribe


async def raised_of(story: Scribe) -> RaisedException:
    return next(one for one in await exceptions_of(story.desk) if one.partnership == story.reference)


async def acts_on(story: Scribe, raised: RaisedException) -> list[str]:
    return (await recorded(story.desk, StreamId.exception(raised.exception_id)))[1:]


async def test_two_without_a_part_settle_it_each_by_one_touch_at_the_instructed_sum(
    people: People, story: Scribe
) -> None:
    raised = await raised_of(story)
    path = f"/exceptions/{raised.name}/{DIFFERENCE}"
    assert await (await people(FIRST)).does(path, NOTE) == "You signed first."
    assert await acts_on(story, raised) == [ResolutionAgreed.__name__]
    assert (await paying.attempt_of(story)).status is TrancheStatus.HANDED_OVER
    assert await (await people(SECOND)).does(path, NOTE) == "The exception is resolved."
    assert await acts_on(story, raised) == [ResolutionAgreed.__name__, ExceptionResolved.__name__]
    assert (await paying.attempt_of(story)).status is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_nothing_is_recorded_before_the_touch_and_the_page_that_signs_says_what_it_does(
    people: People, story: Scribe
) -> None:
    raised = await raised_of(story)
    femi = await people(FIRST)
    shown = await femi.shown(await femi.ask(f"/exceptions/{raised.name}/{DIFFERENCE}", NOTE))
    facts = dict(shown.facts)
    assert shown.oath.startswith("You say of what the bank told: it was paid, with the bank's charges")
    assert facts["What happened"] == "The bank booked USD 1,015.00 for a payment of USD 1,000.00"
    assert facts["Your reason"] == NOTE["note"]
    assert facts["What settles it"] == "another person signs the same, and then it counts"
    assert (shown.statement.act, shown.is_of_its_statement) == (ResolutionAgreed.act, True)
    assert await acts_on(story, raised) == []


@pytest.mark.slow
async def test_to_look_at_an_exception_is_no_form_and_is_for_those_who_may_decide_it(
    people: People, story: Scribe
) -> None:
    """Given who may decide, then a page leads to each choice; given who may not, then it says why."""
    raised = await raised_of(story)
    shown = (await (await people(FIRST)).caller.get(f"/exceptions/{raised.name}")).text
    assert ("Sent by" in shown, f'/exceptions/{raised.name}/{DIFFERENCE}"' in shown) == (False, True)
    assert '<form method="post" action="/exceptions' not in shown
    refused = await (await people(PAYER)).caller.get(f"/exceptions/{raised.name}")
    assert (refused.status_code, "You cannot decide so of this exception now" in refused.text) == (422, True)
    none = await (await people(FIRST)).caller.get("/exceptions/EX-0000000000")
    assert "There is no such exception" in none.text


@pytest.mark.slow
async def test_who_took_part_who_may_not_and_what_is_not_admitted_are_refused_before_any_touch(
    people: People, story: Scribe
) -> None:
    raised = await raised_of(story)
    for staff_id, kind in (
        (PAYER, DIFFERENCE),
        ("vera.lind", "bank-error"),
        (FIRST, "nothing-booked"),
        (FIRST, "ours"),
    ):
        told = await (await people(staff_id)).refused(f"/exceptions/{raised.name}/{kind}", NOTE)
        assert "You cannot decide so of this exception now" in told
    femi = await people(FIRST)
    assert "There is no such decision" in await femi.refused(f"/exceptions/{raised.name}/pay-again", NOTE)
    assert "There is no such exception" in await femi.refused("/exceptions/EX-0000000000/bank-error", NOTE)
    assert "say in a sentence how you know it" in await femi.refused(f"/exceptions/{raised.name}/{DIFFERENCE}", {})
    assert await acts_on(story, raised) == []


@pytest.mark.slow
async def test_a_touch_counts_once_and_not_for_what_changed_meanwhile(people: People, story: Scribe) -> None:
    """Given a second person who asked before the first signed, then their touch is over something else, and refused."""
    raised = await raised_of(story)
    path = f"/exceptions/{raised.name}/{DIFFERENCE}"
    femi, mira = await people(FIRST), await people(SECOND)
    early = await mira.ask(path, NOTE)
    first = await femi.ask(path, NOTE)
    assert (await femi.touch(first))["told"] == "You signed first."
    late = await mira.touch(early)
    assert "changed meanwhile" in str(late)
    again = await femi.touch(first)
    assert "told" in again or "refused" in again
    assert await acts_on(story, raised) == [ResolutionAgreed.__name__]


@pytest.mark.slow
async def test_by_browser_alone_the_form_leads_to_the_touch_and_back(
    at_the_counter: Callable[..., Awaitable[AtTheCounter]], story: Scribe
) -> None:
    raised = await raised_of(story)
    femi = await at_the_counter(FIRST)
    said = await femi.open(f"/exceptions/{raised.name}/{DIFFERENCE}")
    assert "Two people sign it, who had no part in it." in said
    await femi.page.fill("#note", NOTE["note"])
    await femi.press("Continue to signing")
    assert "You signed first." in await femi.sign()
    back = await femi.page.locator("#outcome a").first.get_attribute("href")
    assert back is not None
    assert back.endswith(f"/payments/exceptions/{raised.name}")
    assert femi.complaints == []


@pytest.mark.slow
async def test_whoever_sent_unexpected_money_is_named_where_it_is_decided(people: People, desk: Desk) -> None:
    """Given money that nobody expects, when somebody says that it went back, then its sender is named to them."""
    sender = "<RltdPties><Dbtr><Pty><Nm>Northern Light Telecom Ltd</Nm></Pty></Dbtr></RltdPties>"
    entry = booked("", "75.00", direction="CRDT", details=sender, reference="IN-OF-A-STRANGER")
    told = await imports(desk, told_now(entry, message="BANK-OF-A-STRANGER"))
    raised = next(one for one in await exceptions_of(desk) if one.name == told.for_a_person[0].exception)
    femi, path = await people(FIRST), f"/exceptions/{raised.name}/{Resolution.RETURNED_TO_SENDER.value}"
    assert "sent by <b>Northern Light Telecom Ltd</b>" in (await femi.caller.get(path)).text
    looked = (await femi.caller.get(f"/exceptions/{raised.name}")).text
    assert "<dt>Sent by</dt><dd>Northern Light Telecom Ltd</dd>" in looked
