"""Blocked property off a real ledger: a sender's money too, once people said where it lies."""

from __future__ import annotations

from datetime import UTC, datetime, time

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.demo.sample import load_sample_registers
from domain.payment.bank_answers import Resolution
from ledger import clock
from publishing.blocked.publication import blocked_property
from records.publications.blocked import read_blocked
from records.publications.reading import published_state
from tests.accord.counter.test_senders import NOBODYS, NOTE, money_of
from tests.publishing.sheets import rows_of

END = datetime.combine(clock.today().replace(month=12, day=31), time.max, UTC)


async def test_what_a_blocked_sender_sent_is_in_the_list_once_it_lies_in_a_blocked_account(furnished: Desk) -> None:
    await load_sample_registers(furnished.pool)
    raised = await money_of(furnished, "Zorvania Trade Bureau")
    for is_resolved in (False, True):
        if is_resolved:
            await resolve(furnished, raised, Resolution.BLOCKED_ACCOUNT, NOBODYS, NOTE, "femi.ade")
        state = await published_state(furnished.reader, None)
        funder = state.directory.funder("ISOC")
        assert funder is not None
        stand, items = await read_blocked(furnished.reader, state, funder, END)
        rows = rows_of(blocked_property(items, stand), "blocked-property.csv")
        assert [(row["amount"], row["property"], row["owner"]) for row in rows] == (
            [("5000.00", "Cash of a sender in a blocked account", "")] if is_resolved else []
        )
