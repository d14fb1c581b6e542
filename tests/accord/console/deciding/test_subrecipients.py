"""A payee's sub-recipients are typed a line each, and their recorded facts stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_accounting import paid, prepared

Visit = Callable[[str], Awaitable[Visitor]]


async def test_whom_the_payee_supports_is_typed_a_line_each_and_keeps_what_is_on_record_of_them(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given sub-recipients on record, when a line is added, then both are signed, the first with all that was known."""
    life, visitor = await paid(desk, reference), await visit("vera.lind")
    party = {"name": "Upland School Trust", "kind": "NONPROFIT", "country": "US", "also_known_as": ["UST"]}
    first = {"party": party, "purpose": "A mast for the valley"}
    await desk.decide(await desk.known_sight(reference), c.ReportSubrecipients, "vera.lind", subrecipients=[first])
    form = (await visitor.get(f"/{reference}/report-subrecipients")).text
    held = "Upland School Trust | nonprofit | US | A mast for the valley"
    assert f">{held}</textarea>" in form
    typed = f"{held}\r\n\r\nHill Clinic | nonprofit | ke | A server | 54-1650477"
    command = await prepared(visitor, console_pool, life, "report-subrecipients", subrecipients=typed)
    assert isinstance(command, c.ReportSubrecipients)
    kept, added = command.subrecipients
    assert (kept.party.also_known_as, kept.purpose) == (("UST",), "A mast for the valley")
    assert (added.party.name, added.party.country, added.party.ein) == ("Hill Clinic", "KE", "541650477")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Add at least 1"),
        ("Hill Clinic", "Line 1 has 1 part;"),
        ("Hill Clinic | club | KE | A server", "subrecipients"),
        ("Hill Clinic | nonprofit | XX | A server", "Write the name of a country, such as Uganda"),
    ],
)
async def test_a_line_that_says_no_sub_recipient_is_named_beside_the_field(
    desk: Desk, visit: Visit, reference: str, typed: str, told: str
) -> None:
    life, visitor = await paid(desk, reference), await visit("vera.lind")
    seen = await desk.known_sight(life.reference)
    answer = await visitor.post(
        f"/{reference}/report-subrecipients", {"version": str(seen.version), "subrecipients": typed}
    )
    assert (answer.status_code, answer.text.count(told) >= 2) == (422, True), answer.text
