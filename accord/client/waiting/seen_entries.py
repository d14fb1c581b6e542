"""Own accounts as the bank shows them before its statement (camt.052), for people to look at. Nothing of it counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from accord.audit.bank.bank_evidence import BankEvidence
from accord.client.sending import Sending
from accord.client.waiting.account_statements import details_of_own, stated_account
from ledger import clock
from payments.answers.bank_files import BankFile, kept_since, read_bank_file
from payments.answers.kept_statements import is_of
from payments.answers.messages import UnreadableMessage, read_sights
from payments.answers.sights import IntradayReport

LOOKED_BACK: Final = timedelta(days=4)
"""How long ago a file came in at the most: over a weekend, and no longer."""


class SeenAccount(NamedTuple):
    """An own account with what the bank shows of days that no statement of it tells yet."""

    funder: str
    reference: str
    stated_to: date | None
    """The day at whose end the newest statement closed, or None without one."""
    sights: tuple[IntradayReport, ...]
    """The newest first. Reports of one day may tell an entry again."""


async def seen_accounts(desk: Sending) -> tuple[SeenAccount, ...]:
    """Return the accounts of the directory's funders, with what the bank shows that no statement tells yet."""
    funders, sights = (await desk.directory()).funders, await _sights(desk)
    return tuple([await _seen(desk, funder.funder_id, funder.account, sights) for funder in funders])


async def _seen(desk: Sending, funder: str, reference: str, sights: list[IntradayReport]) -> SeenAccount:
    newest = (await stated_account(desk, funder, reference)).newest
    stated_to = newest and newest.closed_on
    details = await details_of_own(desk, reference)
    new = (sight for sight in sights if stated_to is None or sight.on > stated_to)
    reports = [sight for sight in new if details is not None and is_of(details, sight.account, sight.bank)]
    reports.sort(key=lambda sight: (sight.on, sight.at), reverse=True)
    return SeenAccount(funder, reference, stated_to, tuple(reports))


async def _sights(desk: Sending) -> list[IntradayReport]:
    async with desk.pool.acquire() as connection:
        digests = await kept_since(connection, clock.now() - LOOKED_BACK)
        files = [file for sha256 in digests if (file := await read_bank_file(connection, sha256))]
    evidence = BankEvidence(desk.reader)
    return [sight for file in files for sight in _sights_of(file) if await evidence.importers(file.sha256)]


def _sights_of(file: BankFile) -> tuple[IntradayReport, ...]:
    """Return the sights in a file, or () if it is no bank message, such as a letter."""
    try:
        return read_sights(file.content, file.name)
    except UnreadableMessage:
        return ()
