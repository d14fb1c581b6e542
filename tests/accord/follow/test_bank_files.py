"""The bank's files over the API: a statement is held against the digest of its import, and a falsified one is found."""

from __future__ import annotations

import pytest

from accord.follow.files import FileRefusal, GivenFile, file_fault
from accord.follow.looks import Beyond
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import Scope
from ledger import clock
from tests.accord.audit.story import tell
from tests.accord.counter.files import imports
from tests.accord.follow.conftest import House, token
from tests.governing import decree
from tests.ledger.proof import behind_our_back
from tests.payments.answers.account_statements import PAID, message, statement

OPEN = "ALTER TABLE payments.bank_files DISABLE TRIGGER ALL"
CHANGED = (
    "UPDATE payments.bank_files "
    "SET content = convert_to(replace(convert_from(content, 'UTF8'), '600.00', '60.00'), 'UTF8')"
)
GONE = "DELETE FROM payments.bank_files"
IMPORTED = "SELECT position FROM ledger.events WHERE event_type = 'BankFileImported'"


async def paid_and_stated(house: House) -> None:
    """A payment's whole story, and the bank's statement of the day as somebody of finance imports it."""
    await tell(house.story)
    content = message(statement("1000.00", "400.00", PAID, on=clock.today()))
    await imports(house.desk, content.encode() if isinstance(content, str) else content, actor="femi.ade")
    await house.signed()


@pytest.mark.slow
async def test_a_statement_is_held_against_its_digest_over_the_api(house: House) -> None:
    await paid_and_stated(house)
    result = await house.followed()
    assert (result.open_findings, result.cosigned) == ((), await house.desk.ledger.head())
    assert house.standing().verified["bank files"] == 1


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("query", "words"), [(CHANGED, "was changed since it was imported"), (GONE, "is gone")])
async def test_a_file_that_was_falsified_or_taken_away_is_a_finding(house: House, query: str, words: str) -> None:
    """Given whoever has the database, when they change a statement or drop it, then its import is a finding."""
    await paid_and_stated(house)
    async with house.desk.pool.acquire() as connection:
        await behind_our_back(connection, OPEN, query)
    result = await house.followed()
    [finding] = result.open_findings
    position = await house.desk.pool.fetchval(IMPORTED)
    assert (finding.position, words in finding.reason, result.cosigned) == (position, True, None)
    assert result.size == await house.desk.ledger.head()


@pytest.mark.slow
async def test_without_the_scope_a_file_is_counted_and_not_taken_as_verified(house: House) -> None:
    await paid_and_stated(house)
    house.secret, made = token(Scope.EVENTS, Scope.PROOFS, Scope.COSIGN)
    await decree(house.desk, ApiTokenEnrolled(token=made))
    await house.signed()
    assert (await house.followed()).open_findings == ()
    standing = house.standing()
    assert "bank files" not in standing.verified
    assert [count.number for count in standing.uncounted if count.reason == Beyond.BANK_FILE] == [1]


def test_bytes_of_another_digest_are_a_fault_whatever_the_api_says_of_them() -> None:
    assert "is another one" in file_fault(GivenFile(b"another"), "ab" * 32)
    assert file_fault(GivenFile(refusal=FileRefusal.SHUT), "ab" * 32) == ""
