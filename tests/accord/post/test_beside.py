"""The mail of a day has what waits beside the steps of partnerships: open entries of statements, and uncovered sums."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accord.client.desk import Desk
from accord.client.waiting.uncovered import uncovered_claims
from accord.post.beside.things import Thing, ThingsBeside
from accord.post.digests import StaffWriter
from accord.post.recipients import MailAddress
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from ledger import clock
from ledger.projections import Projector
from payments.answers.booking.open_entries import OpenEntry, keep_open_entries
from records.read_models.funds import FUNDS
from records.read_models.judging import judge_of
from tests.accord.post.servers import settings
from tests.accord.shell import Shell
from tests.activities.funding import FIRST, REFERENCE, SECOND, approved, grant, two_funds
from tests.governing import decree
from tests.treasury import change

FINANCE = frozenset({Role.FINANCE_APPROVER})


async def beside(desk: Desk, staff_id: str = "femi.ade", roles: frozenset[Role] = FINANCE) -> list[tuple[str, bool]]:
    things: tuple[Thing, ...] = await ThingsBeside(desk).of(staff_id, roles)
    return [(thing.subject, thing.is_late) for thing in things]


async def opened(desk: Desk, *entries: tuple[str, str, int]) -> None:
    """The worker found these entries open: their names, their owners and their ages in days."""
    today = clock.today()
    found = [OpenEntry(name, owner, today - timedelta(days=days)) for name, owner, days in entries]
    async with desk.pool.acquire() as connection:
        await keep_open_entries(connection, found)


async def test_who_may_explain_an_entry_is_told_of_it_once_it_is_old_and_its_owner_at_once(furnished: Desk) -> None:
    role = Role.FINANCE_APPROVER.value
    mine, of_another = ("EX-MINE", "femi.ade", 1), ("EX-PAUL", "paul.nkosi", 9)
    await opened(furnished, ("EX-OLD", role, 6), ("EX-NEW", role, 5), mine, of_another)
    assert await beside(furnished) == [("EX-OLD", True), ("EX-MINE", False)]
    assert await beside(furnished, "paul.nkosi", frozenset({Role.PROPOSER})) == []
    await opened(furnished)
    assert await beside(furnished) == []


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_the_mail_says_what_to_do_and_counts_what_is_late(furnished: Desk, language: str) -> None:
    await opened(furnished, ("EX-OLD", Role.FINANCE_APPROVER.value, 9))
    writer = StaffWriter(furnished, settings(1, console="https://accord.funder.test"))
    letter = await writer.digest("femi.ade", MailAddress("femi@funder.test", "Femi Ade"), language)
    assert "- EX-OLD: " in letter.text
    assert "accord payments entries --open" in letter.text
    assert "1" in letter.subject.split(",")[-1]


@pytest.mark.slow
async def test_what_rested_on_a_transfer_that_counts_no_more_is_told_to_who_can_cover_it(
    furnished: Desk, furnished_database: str
) -> None:
    """Given money that came from another fund, when its asker lost their key, its grant is open."""
    await two_funds(furnished, second="")
    before = clock.now()
    await change(furnished, FIRST, {"kind": "transfer", "to": SECOND, "amount": "100.00"})
    await approved(furnished, grant(REFERENCE, SECOND, amounts=("60.00",)))
    assert await uncovered_claims(furnished) == ()
    key_id = furnished.keyring.public("femi.ade").key_id
    await decree(furnished, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=before))
    [claim] = await uncovered_claims(furnished)
    assert (claim.fund, claim.partnership_id, str(claim.money)) == (SECOND, REFERENCE, "USD 60.00")
    assert f"100.00 from {FIRST} do not count" in claim.why
    assert await beside(furnished, "dora.kim", frozenset({Role.DIRECTOR})) == [(SECOND, False)]
    assert await beside(furnished, "paul.nkosi", frozenset({Role.PAYER})) == []
    await Projector(furnished.ledger, FUNDS, judge_of(furnished.ledger)).catch_up()
    lines = (await Shell(ACCORD_DATABASE_URL=furnished_database).done("work", "--json")).json
    told = [(line["role"], line["who"]) for line in lines if line["step"].startswith(f"cover what {SECOND} promised")]
    assert told == [("FINANCE_APPROVER", "femi.ade"), ("DIRECTOR", "dora.kim, mira.sato")]
