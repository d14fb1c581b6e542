"""A claim of before is read with who signed it and what it replaced, and a record written too early counts for none."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import check_file
from accord.organisation.imports.orders import order_of
from accord.organisation.imports.signing import confirm_import, sign_import
from domain.imported.totals import totals_of
from records.imported.reading import read_records
from tests.accord.organisation.imports.test_bringing_in import FIRST, SECOND, signed_by_two, silent, table, written
from tests.imports.grants import mapping

REFERENCE = "P-2026-5001"


async def test_what_a_correction_replaced_stays_with_its_signatures(furnished: Desk) -> None:
    """Given a claim that two corrected, then both are read, the newest last, each with who signed it and when."""
    for amount, corrections in ((50000, False), (60000, True)):
        file = table({"Amount": amount})
        await signed_by_two(furnished, file, corrections=corrections)
        await apply_import(furnished, file, silent)
    before, now = await read_records(furnished.reader, REFERENCE)
    assert [str(one.record.partnership.agreed) for one in (before, now)] == ["USD 50,000.00", "USD 60,000.00"]
    assert now.record.replaces == before.record.partnership.sha256
    assert (now.signer, now.confirmer) == (FIRST, SECOND)
    assert before.signed_at <= before.confirmed_at <= before.recorded_at <= now.signed_at
    assert await read_records(furnished.reader, "P-2026-5002") == ()


async def test_a_record_that_was_written_before_two_signed_it_counts_for_nothing(furnished: Desk) -> None:
    """Given a stolen login that writes a record after the first signature, then the second makes no claim of it."""
    file = table({})
    plan = await check_file(furnished, file, mapping())
    totals = totals_of(plan.partnerships)
    order = (await sign_import(furnished, file, mapping(), totals, FIRST, corrections=False)).order_sha256
    assert order != order_of(plan, totals, corrections=False, cautions=("another warning",)).sha256
    (record,) = plan.records()
    await written(furnished, REFERENCE, order, record)
    await confirm_import(furnished, file, SECOND)
    assert await read_records(furnished.reader, REFERENCE) == ()
