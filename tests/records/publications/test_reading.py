"""What is published of the ledger: read as of two dates, the same again, with the positions of its events."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from domain.directory.chart import BookBasis
from domain.directory.people import FunderRegistered
from domain.partnership import events as e
from ledger import clock
from ledger.proof.stored_tree import StoredTree
from payments.accounts import reference_of
from publishing.files import folder_of
from publishing.iati.publication import iati
from publishing.movements import MovementKind
from publishing.schedules.publication import schedules
from publishing.threesixty.publication import three_sixty
from records.privacy.sealed_texts import ERASED
from records.publications.reading import CasesRead, published_state, read_cases
from tests import paying
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.builders import funds_out, party, proposal
from tests.governing import decree
from tests.payments.orders import RIVERBEND
from tests.records.privacy.test_erasures import CHAIR, erased
from tests.scribe import Scribe

END = datetime.combine(clock.today().replace(month=12, day=31), time.max, UTC)


async def granted(desk: Desk, reference: str, amount: str, **more: Any) -> Scribe:
    """A grant that was agreed today. `more`: content of its payee and its title."""
    title = {"title": more.pop("title")} if "title" in more else {}
    payee = party(RIVERBEND.holder, **more)
    made = proposal(reference, funds_out=funds_out(amount, payee=payee), partner=payee, **title)
    scribe = await paying.approved(desk, made)
    account = {"account": reference_of(RIVERBEND), "account_verifier": "noor.haddad"}
    await scribe.says(e.AgreementSigned, "dora.kim", signed_on=clock.today(), document_sha256=None, **account)
    return scribe


async def filing(desk: Desk) -> None:
    """The directory says by which year and basis the funder files."""
    funder = (await desk.directory()).funder("ISOC")
    assert funder is not None
    said = {"ein": "541650477", "year_ends": "12-31", "basis": "ACCRUAL"}
    await decree(desk, FunderRegistered(funder=type(funder).model_validate({**funder.model_dump(), **said})))


async def read(desk: Desk, true_at: datetime = END, known_at: datetime | None = None) -> CasesRead:
    state = await published_state(desk.reader, known_at)
    funder = state.directory.funder("ISOC")
    assert funder is not None
    return await read_cases(desk.reader, state.position, funder, BookBasis.ACCRUAL, true_at, state.known_at)


async def test_it_is_as_of_both_dates_and_the_same_again(furnished: Desk) -> None:
    """Given two grants, when they are read as of before the second, then it is not there, and its bytes stay."""
    await filing(furnished)
    newest = (await published_state(furnished.reader, None)).directory.funder("ISOC")
    assert newest is not None
    assert newest.year_ends == "12-31", "the newest event of all counts too"
    await granted(furnished, "P-2026-0801", "6000.00")
    known_at = clock.now()
    earlier = await read(furnished, known_at=known_at)
    untimed = await read(furnished)
    await granted(furnished, "P-2026-0802", "3000.00")
    timed = await read(furnished, known_at=untimed.stand.known_at)
    publications = [folder_of(schedules(one.cases, one.stand), one.stand) for one in (untimed, timed)]
    assert publications[0] == publications[1], "the receipt names the time with which the same is made again"
    assert [case.reference for case in (await read(furnished)).cases] == ["P-2026-0801", "P-2026-0802"]
    again = await read(furnished, known_at=known_at)
    publications = [folder_of(schedules(one.cases, one.stand), one.stand) for one in (earlier, again)]
    assert publications[0] == publications[1]
    assert again.stand.head == (await StoredTree(furnished.ledger).root(again.stand.position)).hex()
    [case] = again.cases
    [expense] = case.moved(MovementKind.EXPENSE)
    [event] = [one async for one in furnished.ledger.read_between(expense.position - 1, expense.position)]
    assert (event.event_type, expense.amount, case.facts["AgreementSigned"]) == (
        "AgreementSigned",
        6000,
        event.position,
    )
    assert (await read(furnished, true_at=END - timedelta(days=400))).cases == ()


async def test_an_erasure_changes_no_published_byte(furnished: Desk) -> None:
    """Given somebody named in a title and behind a payee, when two erase them, then the files are as they were."""
    await filing(furnished)
    board = ({"name": CHAIR, "role": "DIRECTOR", "country": "PE"},)
    scribe = await granted(furnished, "P-2026-0801", "6000.00", principals=board, title=f"Courses by {CHAIR}")
    await scribe.says(e.PartnershipTerminated, "dora.kim", reason="It is over")
    known_at = clock.now()
    makers = (schedules, three_sixty, iati)
    before = await read(furnished, known_at=known_at)
    files = [folder_of(make(before.cases, before.stand), before.stand) for make in makers]
    assert all(CHAIR.encode() not in content for folder in files for content in folder.values())
    await erased(furnished)
    after = await read(furnished, known_at=known_at)
    assert ERASED in after.cases[0].partnership.proposed.title
    assert [folder_of(make(after.cases, after.stand), after.stand) for make in makers] == files


async def test_what_was_brought_in_is_published_as_of_the_position(furnished: Desk) -> None:
    """Given a claim that two corrected later, then the schedules of before the correction still say the first sum."""
    await filing(furnished)
    this_year = {"Paid": 6000, "Paid on": clock.today().replace(month=1, day=1)}
    changes: tuple[dict[str, Any], ...] = (this_year, {**this_year, "Paid": 7000})
    times = []
    for place, change in enumerate(changes):
        file = table(change)
        await signed_by_two(furnished, file, corrections=bool(place))
        await apply_import(furnished, file, silent)
        times.append(clock.now())
    sums = []
    for known_at in times:
        cases = await read(furnished, known_at=known_at)
        sums.append(schedules(cases.cases, cases.stand, cases.past).tally.published.sums)
    assert [list(map(str, by_currency.values())) for by_currency in sums] == [["6000.00"], ["7000.00"]]
