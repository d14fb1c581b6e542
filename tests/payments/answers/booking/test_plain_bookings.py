"""A booking in words is the same in every copy of its statement, and no two bookings of a statement are one."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import clock
from payments.answers.csv.bookings import read_csv_bookings
from payments.answers.matching.judging import judge_all
from payments.answers.messages import read_message
from payments.answers.statements import BankNotice
from tests.payments.answers.bai2.files import DAY, account, file, group
from tests.payments.answers.csv.test_statements import PLAIN, sheet
from tests.payments.orders import ISOC

UNITS = st.sampled_from([-60000, -60000, -100, 200])
DAYS = st.lists(st.lists(UNITS, max_size=4), min_size=1, max_size=4)
MANY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bai2(days: list[list[int]], start: int) -> bytes:
    """The days from a start on."""
    ends = [0, *accumulate(sum(units) for units in days)]
    groups = [
        group(
            account(
                str(ends[place]), str(ends[place + 1]),
                *(f"16,{'455' if one < 0 else '142'},{abs(one)},Z,,E-1,WORDS/" for one in units),
            ),
            on=DAY + timedelta(place),
        )
        for place, units in enumerate(days)
    ]  # fmt: skip
    return file(*groups[start:])


def rows(days: list[list[int]], start: int) -> bytes:
    """The rows of the days from a start on, after one that moves nothing."""
    balances, lines = accumulate(one for units in days for one in units), list[tuple[int, str]]()
    for place, units in enumerate(days):
        for one in units:
            day = DAY + timedelta(place)
            lines.append((place, f"{day},,{one / 100:.2f},{next(balances) / 100:.2f},,WORDS"))
    before = sum(one for units in days[:start] for one in units) / 100
    return sheet(f"{DAY},,0.00,{before:.2f},,", *(line for place, line in lines if place >= start))


async def identities(connection: asyncpg.Connection, notices: list[BankNotice], sha256: str) -> list[UUID]:
    entries = await judge_all(connection, notices, sha256, clock.now())
    return [entry.entry.entry_id for entry in entries]


@MANY
@given(days=DAYS, data=st.data())
async def test_it_is_the_same_in_every_export_and_none_is_two(
    connection: asyncpg.Connection, days: list[list[int]], data: st.DataObject
) -> None:
    """Given some days, exported whole and from a later day on, in BAI2 and in CSV."""
    start = data.draw(st.integers(0, len(days) - 1))
    later = sum(map(len, days[start:]))
    for whole, part in (
        (read_message(bai2(days, 0)), read_message(bai2(days, start))),
        (_in_csv(rows(days, 0)), _in_csv(rows(days, start))),
    ):
        every = await identities(connection, whole, "0" * 64)
        assert len(set(every)) == sum(map(len, days))
        assert await identities(connection, part, "1" * 64) == every[len(every) - later :]


def _in_csv(content: bytes) -> list[BankNotice]:
    return read_csv_bookings(content, "days.csv", PLAIN, ISOC, lambda day: True)
