"""A case and all that it rests on come from the ledger by one query, and a list by few."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from temporalio.client import Client

from accord.audit.signatures import authorship_of
from accord.client.counsel import confirmations
from accord.client.desk import Desk
from accord.client.foresight import foreseen_approvals
from accord.client.reading import LedgerAccess
from accord.web.sessions import Sessions
from deploy.database import open_pool
from deploy.logins import Login
from domain.streams import RULE_BOOK_STREAM, TRUTHS_STREAM, StreamId
from ledger import StoredEvent
from records.authorship import Reader
from records.truths import read_truths
from tests.accord.console.conftest import Visitor, a_console
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


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_what_counts_together_with_a_case_is_folded_once(
    office: Office, desk: Desk, new_reference: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a case beside another for the same payee, then looking at it again reads the other no more."""
    reference, other = new_reference(), new_reference()
    for one in (reference, other):
        await waiting_for_approval(desk, one)
    reads, read = list[str](), Reader.read_as_far_as_possible

    async def counted(reader: Reader, stream_id: str) -> list[StoredEvent]:
        reads.append(stream_id)
        return await read(reader, stream_id)

    monkeypatch.setattr(Reader, "read_as_far_as_possible", counted)
    async with await open_pool(office.url_of(Login.CONSOLE), 1) as pool:
        access = LedgerAccess(pool)
        first = await foreseen_approvals(access, await access.known_partnership(reference))
        assert StreamId.partnership(other) in reads
        reads.clear()
        assert await foreseen_approvals(access, await access.known_partnership(reference)) == first
    assert StreamId.partnership(other) not in reads


OF_A_LIST = ("console.sessions", "read_model.page", "read_model.totals", "console.look(", "ledger.events")
"""Who reads; the lines, and their totals; the look, with what its reader chose; and the directory."""
OF_A_QUEUE = (*OF_A_LIST, "read_model.totals")
"""Of a short one the steps are added up too, once they are known to be few."""
QUERIES = {"/partnerships": OF_A_LIST, "/?view=all": OF_A_QUEUE, "/?view=mine": ("payments.exceptions", *OF_A_QUEUE)}


@pytest.mark.slow
async def test_a_list_asks_once_for_each_of_its_parts(office: Office, provider: str, client: Client) -> None:
    """Given a reader for whom nothing waits elsewhere, then all that may wait there is asked about by one query."""
    queries: list[str] = []
    async with await open_pool(office.url_of(Login.CONSOLE), 4) as pool:
        connections = [await pool.acquire() for _ in range(4)]
        for connection in connections:
            connection.add_query_logger(lambda record: queries.append(record.query))
            await pool.release(connection)
        async with a_console(provider, pool, client) as settings:
            visitor = Visitor(settings, await Sessions(pool).begin("otto.audit"))
            for path, parts in QUERIES.items():
                await visitor.get(path)  # the counts in its head hold for seconds
                queries.clear()
                assert (await visitor.get(path)).status_code == 200
                asked = [next((part for part in parts if part in one), one) for one in queries if not _beside(one)]
                assert sorted(asked) == sorted(parts), path


def _beside(query: str) -> bool:
    """True if it is of what a console does beside its pages."""
    return "max(position)" in query or "console.prepared" in query
