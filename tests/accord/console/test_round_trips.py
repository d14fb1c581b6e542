"""A case and all that it rests on come from the ledger by one query."""

from __future__ import annotations

import pytest

from accord.audit.signatures import authorship_of
from accord.client.counsel import confirmations
from accord.client.desk import Desk
from accord.client.reading import LedgerAccess
from deploy.database import open_pool
from deploy.logins import Login
from domain.streams import RULE_BOOK_STREAM, TRUTHS_STREAM, StreamId
from records.truths import read_truths
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.conftest import Office


@pytest.mark.usefixtures("worker")
async def test_a_case_and_all_that_it_rests_on_are_read_by_one_query(
    office: Office, desk: Desk, reference: str
) -> None:
    """Given a case that was read before, so that its people are known, then it is read again by one query."""
    await waiting_for_approval(desk, reference)
    queries: list[str] = []
    async with await open_pool(office.url_of(Login.CONSOLE), 1) as pool:
        access, stream = LedgerAccess(pool), StreamId.partnership(reference)

        async def read() -> list[object]:
            async with access.reader.together(stream, RULE_BOOK_STREAM, TRUTHS_STREAM):
                directory, history = await access.directory(), await access.history(reference)
                faults = await authorship_of(access.ledger, access.registrar, stream)
                return [directory, history, faults, await confirmations(access), await read_truths(access.reader)]

        first = await read()
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda record: queries.append(record.query))
        assert await read() == first
    assert len(queries) == 1, queries
