"""A period is closed by two people, and is the same to the byte for ever. What comes later goes to the next one."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.books.closing import ask_close, confirm_close
from accord.organisation.books.exporting import beancount_export, last_day_of, period_export, usual_last_day
from accord.organisation.signed_acts import signed_act
from accord.presentation.books.general_ledger import FORM, digest_of, general_ledger
from accord.presentation.faults import BadInput, Refused
from domain.books.events import PeriodCloseAsked, PeriodClosed
from domain.books.periods import Close, Closes, within
from domain.books.statements import fund_statement, trial_balance
from domain.directory.chart import USUAL, BookRules, chart_of
from domain.directory.people import EventSetAside, KeyRevoked
from domain.directory.tiers import Role
from domain.funds import events as f
from domain.recorded.acts import OrganisationAct
from domain.recorded.writers import Writer
from domain.signatures.signing import statement_about
from domain.streams import BOOKS_STREAM, StreamId
from ledger import AppendRequest, NewEvent, clock
from records.books.reading import Books
from records.codec import to_ledger
from records.opening import open_ledger
from tests.governing import decree, hire
from tests.treasury import unrestricted

GIFT = "P-2026-0900"
FUND = f"FD-{GIFT}"
REASON = "reconciled with the statement of that day"


def days_ago(number: int) -> datetime:
    return datetime.combine(clock.today() - timedelta(days=number), datetime.min.time(), UTC) + timedelta(hours=12)


async def received(desk: Desk, amount: str, at: datetime) -> None:
    """Money of a gift came into its fund, as the counter records it."""
    ledger, stream = open_ledger(desk.pool, Writer.IMPORTER), StreamId.fund(FUND)
    version, command = len(await ledger.read_stream(stream)), uuid4()
    opening = (f.GiftFundOpened(at=at, gift=GIFT, funder="ISOC", currency="USD"),) if version == 0 else ()
    events = (*opening, f.GiftReceived(at=at, partnership=GIFT, amount=Decimal(amount)))
    await ledger.append(AppendRequest(stream, command, version, to_ledger(events, "accord", command)))


def lines(text: str) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(text)) if row["fund"] == FUND]


@pytest.fixture
def period() -> date:
    return clock.today() - timedelta(days=1)


async def closed(desk: Desk, last_day: date) -> str:
    await ask_close(desk, last_day, REASON, "femi.ade")
    return (await confirm_close(desk, last_day, "dora.kim")).text


async def test_a_closed_period_stays_to_the_byte_and_late_events_go_to_the_next(furnished: Desk, period: date) -> None:
    """Given a close, when money of its days comes later, then its export is the same and the next period has it."""
    await received(furnished, "500.00", days_ago(5))
    before = await closed(furnished, period)
    assert [row["debit"] for row in lines(before) if row["account"] == "9000"] == ["500.00"]
    await received(furnished, "70.00", days_ago(4))
    await unrestricted(furnished, "FD-2026-LATER", "900.00")
    fresh = Books(furnished.reader)
    again = await period_export(fresh, period)
    assert again.text == before
    assert again.close is not None
    following = await period_export(fresh, clock.today())
    late = [row for row in lines(following.text) if row["account"] == "9000"]
    assert [(row["date"], row["booked_on"], row["debit"]) for row in late] == [
        (clock.today().isoformat(), days_ago(4).date().isoformat(), "70.00")
    ]
    assert following.first_day == period + timedelta(days=1)
    whole = (await fresh.read(clock.today())).book
    [line] = [line for line in fund_statement(whole, clock.today()) if line.fund == FUND]
    assert line.granted == Decimal("570.00"), "it is in the book once"
    assert sum(one.debit - one.credit for one in trial_balance(whole, clock.today())) == 0


@pytest.mark.slow
async def test_what_two_guardians_set_aside_after_a_close_comes_into_the_next_period(
    furnished: Desk, period: date
) -> None:
    """Given a close while nobody can read an event of its days, when it is set aside, then what waited comes later."""
    await received(furnished, "500.00", days_ago(5))
    ledger, stream = open_ledger(furnished.pool, Writer.IMPORTER), StreamId.fund(FUND)
    bad = NewEvent.of("GiftReceived", 1, {"at": "never"}, {})
    await ledger.append(AppendRequest(stream, uuid4(), len(await ledger.read_stream(stream)), (bad,)))
    unreadable = (await ledger.read_stream(stream))[-1]
    await received(furnished, "30.00", days_ago(4))
    before = await closed(furnished, period)
    await decree(furnished, EventSetAside(position=unreadable.position, leaf=unreadable.leaf.hex()))
    fresh = Books(furnished.reader)
    assert (await period_export(fresh, period)).text == before
    late = [row for row in lines((await period_export(fresh, clock.today())).text) if row["account"] == "9000"]
    assert [(row["booked_on"], row["debit"]) for row in late] == [(days_ago(4).date().isoformat(), "30.00")]


async def test_a_fold_that_goes_on_is_one_that_begins_anew(furnished: Desk, period: date) -> None:
    books = Books(furnished.reader)
    await received(furnished, "500.00", days_ago(5))
    first = await books.read(clock.today())
    await received(furnished, "70.00", days_ago(4))
    await unrestricted(furnished, "FD-2026-MORE", "900.00")
    went_on, anew = await books.read(clock.today()), await Books(furnished.reader).read(clock.today())
    assert went_on.book.entries == anew.book.entries
    assert list(anew.book.entries)[: len(first.book.entries)] == list(first.book.entries)
    assert (await books.read(clock.today(), first.position)).book.entries == first.book.entries


async def test_the_one_who_asked_does_not_close_and_a_payer_may_not(furnished: Desk, period: date) -> None:
    await ask_close(furnished, period, REASON, "femi.ade")
    with pytest.raises(Refused, match="asked for it, so another person"):
        await confirm_close(furnished, period, "femi.ade")
    with pytest.raises(Refused, match="DIRECTOR or FINANCE_APPROVER"):
        await confirm_close(furnished, period, "paul.nkosi")
    with pytest.raises(BadInput, match="nobody asked"):
        await confirm_close(furnished, period - timedelta(days=1), "dora.kim")
    assert (await Books(furnished.reader).closes()).periods == ()


async def test_two_who_both_asked_close_it_by_each_others_request(furnished: Desk, period: date) -> None:
    """Given two people who asked for the same period, when one of them confirms, then it is the other's request."""
    await received(furnished, "500.00", days_ago(5))
    for actor in ("femi.ade", "dora.kim"):
        await ask_close(furnished, period, REASON, actor)
    await confirm_close(furnished, period, "dora.kim")
    [close] = (await Books(furnished.reader).closes()).periods
    assert (close.asked_by, close.confirmed_by) == ("femi.ade", "dora.kim")


async def test_a_close_of_another_export_is_closed_by_nobody(furnished: Desk, period: date) -> None:
    """Given a close with a digest that is not the export's, when another person makes it again, they are told."""
    await received(furnished, "500.00", days_ago(5))
    content: dict[str, Any] = {
        "last_day": period, "position": await furnished.ledger.head(), "rules": USUAL, "form": FORM,
        "sha256": "ab" * 32, "reason": REASON,
    }  # fmt: skip
    asked = await signed_act(furnished, PeriodCloseAsked, BOOKS_STREAM, "femi.ade", **content)
    await record_act(furnished, OrganisationAct(command_id=asked.signature.statement.command_id, event=asked))
    with pytest.raises(Refused, match="asked with abababab"):
        await confirm_close(furnished, period, "dora.kim")
    # Who confirms it past the client: the export does not fit the close, and is handed out to nobody.
    confirmed = await signed_act(
        furnished, PeriodClosed, BOOKS_STREAM, "dora.kim", close_id=asked.signature.statement.command_id
    )
    await record_act(furnished, OrganisationAct(command_id=confirmed.signature.statement.command_id, event=confirmed))
    with pytest.raises(Refused, match=r"is not what .* and .* closed"):
        await period_export(Books(furnished.reader), period)


async def test_a_close_by_another_chart_than_the_organisations_is_not_asked_for(furnished: Desk, period: date) -> None:
    """Given one person's own names of accounts, which two others would have to sign, then no close is by them."""
    await received(furnished, "500.00", days_ago(5))
    own = BookRules.model_validate({"accounts": [{"account": "BANK", "code": "1000", "name": "Petty cash"}]})
    books, head = Books(furnished.reader), await furnished.ledger.head()
    view = await books.read(period, head, own)
    text = general_ledger(within(await books.closes(), view.book.entries, period, head), chart_of(own))
    content = {"last_day": period, "position": head, "rules": own, "form": FORM, "sha256": digest_of(text)}
    asked = await signed_act(furnished, PeriodCloseAsked, BOOKS_STREAM, "femi.ade", **content, reason=REASON)
    with pytest.raises(Refused, match="chart of accounts"):
        await record_act(furnished, OrganisationAct(command_id=asked.signature.statement.command_id, event=asked))
    command = asked.signature.statement.command_id
    await open_ledger(furnished.pool).append(
        AppendRequest(BOOKS_STREAM, command, 0, to_ledger((asked,), asked.actor, command))
    )
    with pytest.raises(Refused, match="chart of accounts"):
        await confirm_close(furnished, period, "dora.kim")


async def test_what_others_sign_past_the_gate_closes_nothing(furnished: Desk, period: date) -> None:
    """Given two keys of whom one may not close, when both acts are written by the worker's login, nothing is closed."""
    ledger = open_ledger(furnished.pool)
    content: dict[str, Any] = {
        "last_day": period, "position": await furnished.ledger.head(), "rules": USUAL, "form": FORM,
        "sha256": "ab" * 32, "reason": REASON,
    }  # fmt: skip
    asked = await forged(furnished, PeriodCloseAsked, "paul.nkosi", **content)
    confirmed = await forged(furnished, PeriodClosed, "dora.kim", close_id=asked.signature.statement.command_id)
    for version, act in enumerate((asked, confirmed)):
        command = act.signature.statement.command_id
        await ledger.append(AppendRequest(BOOKS_STREAM, command, version, to_ledger((act,), act.actor, command)))
    assert (await Books(furnished.reader).closes()).periods == ()
    await closed(furnished, period)


async def forged(desk: Desk, kind: Any, actor: str, **content: Any) -> Any:
    """An act with its actor's signature, whatever their roles are."""
    now, command = desk.moment(), uuid4()
    draft = kind.model_construct(at=now, actor=actor, **content).content()
    statement = statement_about(BOOKS_STREAM, kind.act, actor, now, command, draft)
    return kind.model_validate(
        {"at": now, "actor": actor, "signature": await desk.sign(statement, content=draft), **content}
    )


@pytest.mark.slow
async def test_a_close_with_a_key_in_other_hands_falls_and_is_made_anew(furnished: Desk, period: date) -> None:
    since = clock.now()
    await received(furnished, "500.00", days_ago(5))
    await closed(furnished, period)
    key_id = furnished.keyring.public("femi.ade").key_id
    await decree(furnished, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=since))
    assert (await Books(furnished.reader).closes()).periods == ()
    await ask_close(furnished, period, REASON, "dora.kim")
    assert len((await Books(furnished.reader).closes()).requests) == 1


@pytest.mark.slow
async def test_a_period_that_others_closed_a_later_one_on_stays_closed(furnished: Desk, period: date) -> None:
    """Given a close, and another by others after it, when a key of the first was in other hands, then both stand."""
    since, earlier = clock.now(), period - timedelta(days=9)
    await hire(furnished, "ines.roth", Role.FINANCE_APPROVER)
    await received(furnished, "500.00", days_ago(15))
    first = await closed(furnished, earlier)
    await received(furnished, "70.00", days_ago(14))
    await ask_close(furnished, period, REASON, "ines.roth")
    second = (await confirm_close(furnished, period, "dora.kim")).text
    key_id = furnished.keyring.public("femi.ade").key_id
    await decree(furnished, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=since))
    books = Books(furnished.reader)
    assert [(await period_export(books, day)).text for day in (earlier, period)] == [first, second]


async def test_what_cannot_be_closed_is_refused(furnished: Desk, period: date) -> None:
    with pytest.raises(Refused, match="is not over"):
        await ask_close(furnished, clock.today(), REASON, "femi.ade")
    await closed(furnished, period)
    with pytest.raises(Refused, match="closed already"):
        await ask_close(furnished, period, REASON, "femi.ade")
    with pytest.raises(BadInput, match=f"closed are those up to {period}"):
        await ask_close(furnished, period - timedelta(days=3), REASON, "femi.ade")


async def test_beancount_of_a_closed_period_stays_too(furnished: Desk, period: date) -> None:
    await received(furnished, "500.00", days_ago(5))
    await closed(furnished, period)
    before = await beancount_export(Books(furnished.reader), period)
    await received(furnished, "70.00", days_ago(4))
    assert await beancount_export(Books(furnished.reader), period) == before
    assert "70.00" in await beancount_export(Books(furnished.reader), clock.today())


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-02", "2026-02-28"), ("2026-12", "2026-12-31"), ("2024-02", "2024-02-29"), ("2026-11-15", "2026-11-15")],
)
def test_a_period_is_a_month_or_its_last_day(written: str, day: str) -> None:
    assert last_day_of(written).isoformat() == day


@pytest.mark.parametrize("written", ["november", "2026-13", "2026", "", "2026-11-31", "9999-12", "9999-12-31"])
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="period"):
        last_day_of(written)


def test_the_month_that_is_closed_next_is_the_last_or_once_that_is_closed_this() -> None:
    closed_upto = Close(date(2026, 12, 1), 7, USUAL, FORM, "ab" * 32, "femi.ade", "dora.kim", days_ago(0))
    assert usual_last_day(Closes(), date(2026, 12, 2)) == date(2026, 11, 30)
    assert usual_last_day(Closes((closed_upto,)), date(2026, 12, 2)) == date(2026, 12, 31)
    assert usual_last_day(Closes((closed_upto,)), date(2027, 1, 2)) == date(2026, 12, 31)
