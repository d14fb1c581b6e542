"""A house with mail: staff who chose, a grant with a contact, and a mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.post.choices import choose
from accord.post.postman import Postman
from ledger.projections import Projector
from payments.accounts import reference_of
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from records.read_models.timeline import TIMELINE
from tests import paying
from tests.accord.post.servers import Mailbox, mailbox
from tests.builders import funds_out, party, proposal
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

JANE = "jane.roe@riverbend.test"


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as served:
        yield served


async def shown(desk: Desk) -> None:
    """Fold all records into the read models, as the projector does."""
    for projection in (PARTNERSHIPS, TIMELINE):
        await Projector(desk.ledger, projection, judge_of(desk.ledger)).catch_up()


def with_a_contact(
    reference: str = paying.REFERENCE, email: str | None = JANE, language: str | None = None, **more: Any
) -> Any:
    payee = party(RIVERBEND.holder)
    said = {"email": email, "language": language}
    contact = {"name": "Jane Roe", "organization": RIVERBEND.holder, **{name: one for name, one in said.items() if one}}
    out = funds_out("600.00", "400.00", payee=payee)
    return proposal(reference, funds_out=out, partner=payee, contacts=[contact], **more)


async def granted(desk: Desk, **more: Any) -> Scribe:
    """An agreed grant whose contact has an address, which the read models show."""
    story = await paying.agreed(desk, with_a_contact(**more), reference_of(RIVERBEND))
    await shown(desk)
    return story


async def chosen(desk: Desk, staff_id: str, digest: int | None = None, overdue: bool = False) -> None:
    await choose(desk.pool, staff_id, f"{staff_id}@funder.test", digest, "UTC", overdue)


async def round_of(desk: Desk, box: Mailbox, **more: Any) -> None:
    """One look of a process of mail: what is new is queued and sent."""
    postman = Postman(desk.pool, box.settings)
    async with postman.working() as connection:
        await postman.once(connection)


async def states(desk: Desk) -> list[tuple[str, str, str]]:
    """(kind, state, reason) of every mail, in the order in which they were queued."""
    rows = await desk.pool.fetch("SELECT kind, state, reason FROM post.outbox ORDER BY queued_at, id")
    return [tuple(row) for row in rows]
