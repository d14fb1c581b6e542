"""A table is signed by two and written once: cut off, twice, changed, or by a stolen login, nothing else stands."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.signing import confirm_import, sign_import
from accord.presentation.faults import BadInput, Refused
from activities.contracts import ImportPart
from activities.imports.writing import Imports
from domain.identity import ACCORD, derive
from domain.imported.events import PartnershipImported
from domain.imported.mapping import ImportMapping
from domain.imported.orders import ImportRecord
from domain.imported.plan import RowVerdict
from domain.imported.totals import ControlTotals, totals_of
from domain.imported.written import EventOfBefore, KeyOfSystem
from domain.partnership import events as e
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, clock
from ledger.projections import Projector
from records.codec import to_ledger
from records.imports import ImportedHistory, read_imported, read_orders
from records.opening import open_ledger
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from tests.builders import funding, funds_out, party, proposal
from tests.imports.grants import book_of, mapping, numbered, saved
from tests.references import next_reference
from tests.scribe import Scribe

FIRST, SECOND = "femi.ade", "dora.kim"


def table(*changes: dict[str, Any]) -> SourceFile:
    """Return a file with a row for each set of changes, of partners that nobody else has."""
    rows = [
        {"Organisation": f"Library of Ford {number}", "EIN": None, **change} for number, change in enumerate(changes)
    ]
    return SourceFile("grants.xlsx", saved(book_of(numbered(rows))))


async def counted(desk: Desk, file: SourceFile, by: ImportMapping) -> ControlTotals:
    """Return the totals of a file, as its owner would type them from the system of before."""
    return totals_of((await check_file(desk, file, by)).partnerships)


async def signed_by_two(desk: Desk, file: SourceFile, by: ImportMapping | None = None, **options: Any) -> str:
    """Sign a file's import as two people, and return its digest."""
    columns = by or mapping()
    totals = await counted(desk, file, columns)
    await sign_import(desk, file, columns, totals, FIRST, **{"corrections": False, **options})
    return (await confirm_import(desk, file, SECOND)).order_sha256


def silent(_written: int, _total: int) -> None:
    """Hear of progress, and tell nobody."""


async def test_rows_are_brought_in_once(furnished: Desk) -> None:
    """Given a table that two signed, when it is applied twice, then each row stands once, with its sums."""
    file = table({}, {}, {"Paid": None, "Paid on": None})
    await signed_by_two(furnished, file)
    first = await apply_import(furnished, file, silent)
    head = await furnished.ledger.head()
    second = await apply_import(furnished, file, silent)
    assert (first.written, second.written, second.before) == (3, 0, 3)
    assert await furnished.ledger.head() == head
    standing = (await read_imported(furnished.reader)).standing
    assert sorted(standing) == ["P-2026-5001", "P-2026-5002", "P-2026-5003"]
    assert str(standing["P-2026-5001"].record.partnership.kept) == "14000.00"
    plan = await check_file(furnished, file, mapping())
    assert {row.verdict for row in plan.rows} == {RowVerdict.SAME}


async def test_nothing_of_it_is_a_proposal_an_approval_or_a_payment(furnished: Desk) -> None:
    """Given a table that was brought in, then no event of it proposes, approves or pays."""
    file = table({})
    before = await furnished.ledger.head()
    await signed_by_two(furnished, file)
    await apply_import(furnished, file, silent)
    events = [event async for event in furnished.ledger.read_between(before, await furnished.ledger.head())]
    assert [event.event_type for event in events] == ["ImportSigned", "ImportConfirmed", "PartnershipImported"]
    assert {event.recorded_at.date() for event in events if event.recorded_at} == {clock.today()}


async def test_nobody_signs_alone(furnished: Desk) -> None:
    """Given an import that one person signed, then they cannot confirm it, and nothing of it is written."""
    file = table({})
    await sign_import(furnished, file, mapping(), await counted(furnished, file, mapping()), FIRST, corrections=False)
    with pytest.raises(Refused, match="another person confirms"):
        await confirm_import(furnished, file, FIRST)
    with pytest.raises(BadInput, match="two people did not sign"):
        await apply_import(furnished, file, silent)


async def test_whoever_may_not_sign_is_refused(furnished: Desk) -> None:
    """Given a proposer, who holds no role for it, then they are refused before the file is looked at."""
    with pytest.raises(Refused, match="sign import"):
        await sign_import(furnished, table({}), mapping(), ControlTotals(partnerships=1), "pia.berg", corrections=False)


async def test_a_cent_of_difference_stops_it_before_anything_is_signed(furnished: Desk) -> None:
    """Given totals that differ by a cent, then it is refused, the figure is named, and nothing is recorded."""
    file, head = table({}), await furnished.ledger.head()
    totals = await counted(furnished, file, mapping())
    wrong = totals.model_copy(update={"agreed": {"USD": totals.agreed["USD"] + 1}})
    with pytest.raises(BadInput, match=r"agreed: USD 50001.00 typed, USD 50000.00 in the table, -1.00 apart"):
        await sign_import(furnished, file, mapping(), wrong, FIRST, corrections=False)
    assert await furnished.ledger.head() == head


async def test_a_file_that_changed_after_it_was_signed_is_another_file(furnished: Desk) -> None:
    """Given an import that two signed, when a cell of the file is changed, then no import of that file is signed."""
    await signed_by_two(furnished, table({}))
    with pytest.raises(BadInput, match="two people did not sign an import of this file"):
        await apply_import(furnished, table({"Amount": 60000}), silent)


@pytest.mark.slow
async def test_a_change_in_the_source_is_told_and_a_correction_is_signed_anew(furnished: Desk) -> None:
    """Given a row that changed after it was brought in, then nothing is overwritten until two sign the correction."""
    file = table({})
    await signed_by_two(furnished, file)
    await apply_import(furnished, file, silent)
    later = table({"Amount": 60000})
    plan = await check_file(furnished, later, mapping())
    assert [row.verdict for row in plan.rows] == [RowVerdict.CHANGED]
    with pytest.raises(BadInput, match="--corrections"):
        await sign_import(furnished, later, mapping(), totals_of(plan.partnerships), FIRST, corrections=False)
    published_at = await furnished.ledger.head()
    await signed_by_two(furnished, later, corrections=True)
    assert (await apply_import(furnished, later, silent)).written == 1
    former = (await read_imported(furnished.reader, published_at)).standing["P-2026-5001"].record
    assert str(former.partnership.agreed) == "USD 50,000.00", "a publication of before is made again as it was"
    record = (await read_imported(furnished.reader)).standing["P-2026-5001"].record
    assert (str(record.partnership.agreed), record.replaces is not None) == ("USD 60,000.00", True)


async def test_what_a_process_keeps_is_what_a_fresh_look_finds_also_of_a_database_that_was_put_back(
    furnished: Desk,
) -> None:
    """Given a process that looked before, when more comes in, or its database was put back, then it reads what is."""
    kept, file, later = ImportedHistory(furnished.reader), table({}, {}), table({}, {"Amount": 60000})
    assert (await kept.read()).standing == {}
    await signed_by_two(furnished, file)
    await apply_import(furnished, file, silent)
    assert await kept.read() == await read_imported(furnished.reader)
    await signed_by_two(furnished, later, corrections=True)
    await apply_import(furnished, later, silent)
    looks = await asyncio.gather(kept.read(), kept.read())
    assert looks == [await read_imported(furnished.reader)] * 2
    assert looks[0].standing["P-2026-5002"].record.replaces is not None
    written, newest = kept._written._kept
    assert newest is not None
    lost = written.rows("P-2026-5001")[0]._replace(key=KeyOfSystem("grants-database", "lost"))
    written = written.followed_by([EventOfBefore("P-2026-6666", lost.position, 1, lost)])
    kept._written._kept = written, newest._replace(leaf=bytes(32))  # another history than it read
    assert await kept.read() == looks[0]


async def test_a_part_that_nobody_signed_is_not_written(furnished: Desk) -> None:
    """Given a worker that is handed a record which two people did not sign, then it writes nothing of that part."""
    file = table({}, {})
    order = await signed_by_two(furnished, file)
    first, second = (await check_file(furnished, file, mapping())).records()
    forged = second.model_copy(update={"reference": "P-2026-7777"})
    answer = await Imports(furnished.pool).write_records(ImportPart(order_sha256=order, records=(first, forged)))
    assert answer.refusal is not None
    assert "P-2026-7777: two people did not sign this record" in answer.refusal.reason
    assert (await read_imported(furnished.reader)).standing == {}


async def test_what_a_stolen_login_appends_does_not_stand(furnished: Desk) -> None:
    """Given the worker's login, when it appends a record that nobody signed, then nothing of it stands."""
    file = table({})
    order = await signed_by_two(furnished, file)
    await apply_import(furnished, file, silent)
    (standing,) = (await read_imported(furnished.reader)).standing.values()
    false = standing.record.model_copy(update={"reference": "P-2026-6666"})
    await written(furnished, "P-2026-6666", order, false)
    assert set((await read_imported(furnished.reader)).standing) == {"P-2026-5001"}


async def test_a_signed_record_stands_in_its_own_stream_alone(furnished: Desk) -> None:
    """Given a record that two signed, when a stolen login writes it into another stream too, then it stands once."""
    file = table({})
    order = await signed_by_two(furnished, file)
    (record,) = (await check_file(furnished, file, mapping())).records()
    await written(furnished, "P-2026-6666", order, record)
    await apply_import(furnished, file, silent)
    assert set((await read_imported(furnished.reader)).standing) == {"P-2026-5001"}


async def test_a_key_stands_once_whichever_orders_were_signed(furnished: Desk) -> None:
    """Given two orders of one row under two references, both signed before either is written, then the first stands."""
    file, other = table({}), mapping(first_reference="P-2026-6001")
    await signed_by_two(furnished, file)
    later = await signed_by_two(furnished, file, other)
    (record,) = (await check_file(furnished, file, other)).records()
    first = (await check_file(furnished, file, mapping())).records()[0]
    await written(furnished, first.reference, (await read_orders(furnished.reader))[0][0], first)
    await written(furnished, record.reference, later, record)
    assert set((await read_imported(furnished.reader)).standing) == {"P-2026-5001"}


async def written(desk: Desk, reference: str, order: str, record: ImportRecord, version: int = 0) -> None:
    """Append a record to the stream of a reference, as the worker's login could."""
    command = derive("written", reference, record.sha256)
    event = PartnershipImported(at=clock.now(), order_sha256=order, record=record)
    request = AppendRequest(StreamId.imported(reference), command, version, to_ledger((event,), ACCORD, command))
    await open_ledger(desk.pool, Writer.WORKER).append(request)


async def test_a_partner_of_another_number_is_asked_about(furnished: Desk) -> None:
    """Given two rows with one name and two EINs, then both wait for a person, whose answer is signed."""
    same = {"Organisation": "Riverbend Library Network"}
    file = table({**same, "EIN": "00-1000001"}, {**same, "EIN": "00-1000002"})
    plan = await check_file(furnished, file, mapping())
    assert [row.verdict for row in plan.rows] == [RowVerdict.PERSON, RowVerdict.PERSON]
    answers = {"G-1": "two bodies of one name, by their letters", "G-2": "two bodies of one name, by their letters"}
    await signed_by_two(furnished, file, mapping(answers=answers))
    assert (await apply_import(furnished, file, silent)).written == 2
    records = [known.record for known in (await read_imported(furnished.reader)).standing.values()]
    assert {record.answer for record in records} == {"two bodies of one name, by their letters"}


async def test_a_grant_that_is_on_record_already_is_asked_about(furnished: Desk) -> None:
    """Given a table that came in, when it comes again from another system, or was proposed, then a person is asked."""
    file = table({"EIN": "00-1000001"})
    await signed_by_two(furnished, file)
    await apply_import(furnished, file, silent)
    again = await check_file(furnished, file, mapping(source="grants-data-base", first_reference="P-2026-6001"))
    assert [row.verdict for row in again.rows] == [RowVerdict.PERSON]
    assert again.rows[0].questions == (
        "P-2026-5001 is on record with its partner, title and sum; is this another grant?",
    )
    own = [row.verdict for row in (await check_file(furnished, file, mapping())).rows]
    assert own == [RowVerdict.SAME], "its own system tells it apart by its key"


async def test_an_answer_to_another_question_is_none_to_a_grant_that_came_in_meanwhile(furnished: Desk) -> None:
    """Given a table of two systems that were signed both, and answered, when one is written, then the other is not."""
    file, answers = table({"EIN": "00-1000001"}), {"G-1": "another body of the same name"}
    other = mapping(source="grants-data-base", first_reference="P-2026-6001", answers=answers)
    await signed_by_two(furnished, file, other)
    by_another = table({"EIN": "00-1000001"}, {})
    await signed_by_two(furnished, by_another)
    assert (await apply_import(furnished, by_another, silent)).written == 2
    result = await apply_import(furnished, file, silent)
    assert (result.written, result.left) == (0, 1)


async def test_a_grant_that_was_proposed_here_too_is_asked_about(furnished: Desk) -> None:
    """Given a grant that somebody typed as a proposal, when its table comes in, then a person says which it is."""
    scribe, payee = Scribe(furnished, next_reference()), party("Library of Ford 0")
    content = proposal(
        scribe.reference, title="Digital skills for river libraries", partner=payee,
        funds_out=funds_out("50000.00", payee=payee),
    )  # fmt: skip
    await scribe.says(e.PartnershipProposed, "pia.berg", at=clock.now(), proposal=content, funding=funding())
    await Projector(furnished.ledger, PARTNERSHIPS, judge_of(furnished.ledger)).catch_up()
    [row] = (await check_file(furnished, table({}), mapping())).rows
    assert (row.verdict, row.questions[0].split(" ")[0]) == (RowVerdict.PERSON, scribe.reference)


async def test_a_funder_that_nobody_knows_is_refused(furnished: Desk) -> None:
    """Given a row of a funder that the directory does not hold, then it is refused, and the funders are named."""
    by = mapping(fields={**mapping().model_dump(mode="json")["fields"], "funder": {"constant": "NOBODY"}})
    (row,) = (await check_file(furnished, table({}), by)).rows
    assert (row.verdict, row.faults[0].field) == (RowVerdict.REFUSED, "funder")
    assert "ISOC" in row.faults[0].fault


async def test_who_signed_is_listed(furnished: Desk) -> None:
    """Given an import that two signed, then the list of imports names both."""
    order = await signed_by_two(furnished, table({}))
    ((listed, standing),) = await read_orders(furnished.reader)
    assert (listed, standing.signer, standing.confirmer) == (order, FIRST, SECOND)
