"""What waits for a reader in other places than partnerships: people and funds, the bank's word, and what was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from accord.audit.bank.payment_files import read_payment_file
from accord.client.door.inbox import inbox_count
from accord.client.waiting.mentions import mentions_of
from accord.console.editions.telling import place_of_series
from accord.console.organisation.enrolments import unentered
from accord.console.organisation.people import closed_to
from accord.console.serving.desk import Console
from accord.presentation.numbers import count_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import GUARDIANS, Directory
from domain.directory.tiers import Role
from domain.editions.kinds import CONFIRMERS
from domain.editions.kinds import MAY_CONFIRM as EDITION_ROLES
from domain.funds.events import MAY_CONFIRM
from domain.partnership.commands import ReturnSubmission
from domain.partnership.procedure import PROCEDURE
from domain.partnership.waiting.owing import MAY_RESOLVE
from domain.payment.payment_file import FileStatus, HandOverAgreed, PaymentFile, PaymentFileHandedOver
from domain.truths.events import MAY_ANSWER
from ledger import clock
from records.editions import Editions
from records.read_models.funds import FUNDS
from records.truths import read_truths

_EXCEPTIONS: Final = "SELECT count(*) FROM payments.exceptions WHERE resolved_at IS NULL"
_FILES: Final = "SELECT message_id FROM payments.files WHERE status = $1 ORDER BY created_at DESC LIMIT 20"
_FUNDS: Final = """
SELECT d.document #>> '{fund,fund_id}'
  FROM read_model.documents d, jsonb_each(d.document #> '{fund,asked}') AS a(change_id, asked)
 WHERE d.name = $1 AND a.asked #>> '{event,actor}' <> $2
"""


_MOST: Final = 100
"""The submissions that are counted. What is more is told as 99+."""


class Elsewhere(NamedTuple):
    """Something that waits for the reader, and where."""

    words: str
    address: str


async def waits_elsewhere(console: Console, directory: Directory, reader: str) -> list[Elsewhere]:
    """Return what waits for a reader elsewhere, of what their roles let them decide."""
    roles = frozenset(capacity.role for capacity in directory.capacities(reader, clock.today()))
    looks = [look(console, directory, reader) for wanted, look in _LOOKS.items() if not roles.isdisjoint(wanted)]
    changes = [change for change in directory.pending if not closed_to(directory, reader, change)]
    guardians = [
        Elsewhere(f"{count_in_words(len(changes), 'change')} of the directory, for a second guardian", "/people")
    ]
    found_lines = await asyncio.gather(_mentions(console, directory, reader), *looks)
    lines = [line for part in found_lines for line in part]
    return [*(guardians if changes else []), *await _passkeys(console, directory, reader), *lines]


async def _passkeys(console: Console, directory: Directory, reader: str) -> list[Elsewhere]:
    """Return the passkeys of others that wait to be entered, for a guardian."""
    member = directory.person(reader)
    if member is None or GUARDIANS.isdisjoint(member.roles):
        return []
    waiting = await unentered(console, directory)
    number = waiting.total() - waiting[reader]
    words = f"{count_in_words(number, 'passkey')} {'waits' if number == 1 else 'wait'} to be entered by a guardian"
    return [Elsewhere(words, "/people")] if number else []


async def _mentions(console: Console, directory: Directory, reader: str) -> list[Elsewhere]:
    """Return the partnerships in which somebody named the reader, and that they have not opened since."""
    member, names = directory.person(reader), NamesInWords(directory)
    mentions = await mentions_of(console.desk.pool, member) if member is not None else ()
    return [
        Elsewhere(f"{names.person(mention.actor)} mentioned you on {mention.title}", f"/{mention.partnership_id}#talk")
        for mention in mentions
    ]


async def _exceptions(console: Console, _: Directory, __: str) -> list[Elsewhere]:
    number = await console.desk.pool.fetchval(_EXCEPTIONS)
    words = f"{count_in_words(number, 'exception')} of the bank"
    return [Elsewhere(words, "/payments/exceptions")] if number else []


async def _funds(console: Console, _: Directory, reader: str) -> list[Elsewhere]:
    rows = await console.desk.pool.fetch(_FUNDS, FUNDS.name, reader)
    return [Elsewhere(f"A change of the fund {row[0]}, for a second person", f"/funds/{row[0]}") for row in rows]


async def _hand_overs(console: Console, _: Directory, reader: str) -> list[Elsewhere]:
    rows = await console.desk.pool.fetch(_FILES, FileStatus.MADE)
    files = [await read_payment_file(console.desk.reader, row[0]) for row in rows]
    firsts = [file for file in files if (first := _first_of_two(file)) and first != reader]
    counter = console.settings.counter_origin
    words = f"{count_in_words(len(firsts), 'payment file')} to leave for the bank, for a second signature"
    return [Elsewhere(words, f"{counter}/" if counter else "/payments")] if firsts else []


def _first_of_two(file: PaymentFile) -> str:
    """Return who signed a hand-over that waits for another person, or ''."""
    made = file.status is FileStatus.MADE
    return next((agreed.actor for agreed in file.agreed if made and isinstance(agreed, HandOverAgreed)), "")


async def _truths(console: Console, _: Directory, reader: str) -> list[Elsewhere]:
    open_truths = [
        truth for truth in await read_truths(console.desk.reader) if truth.waits() and truth.teller != reader
    ]
    address = f"/truths/{open_truths[0].name}" if len(open_truths) == 1 else "/truths"
    return (
        [Elsewhere(f"{count_in_words(len(open_truths), 'thing')} told, to be answered", address)] if open_truths else []
    )


async def _inbox(console: Console, _: Directory, __: str) -> list[Elsewhere]:
    """Return how much grantees handed in that nobody judged yet."""
    number = await inbox_count(console.desk, _MOST)
    words = f"{number if number < _MOST else f'{_MOST - 1}+'} handed in by grantees, to be read"
    return [Elsewhere(words, "/inbox")] if number else []


async def _editions(console: Console, directory: Directory, reader: str) -> list[Elsewhere]:
    """Return the editions that wait for somebody whose roles confirm their kind, and who did not ask for them."""
    roles = frozenset(capacity.role for capacity in directory.capacities(reader, clock.today()))
    return [
        Elsewhere(
            f"Edition {series.waiting.edition} of {series.name}, for a second person",
            f"/{place_of_series(series.kind, series.name)}",
        )
        for series in await Editions(console.desk.reader).every()
        if series.waiting is not None and series.waiting.actor != reader and roles & EDITION_ROLES[series.kind]
    ]


_LOOKS: Final[dict[frozenset[Role], Callable[[Console, Directory, str], Awaitable[list[Elsewhere]]]]] = {
    frozenset(MAY_RESOLVE): _exceptions,
    frozenset(MAY_CONFIRM): _funds,
    PaymentFileHandedOver.roles: _hand_overs,
    frozenset(MAY_ANSWER): _truths,
    CONFIRMERS: _editions,
    PROCEDURE[ReturnSubmission].roles: _inbox,
}
"""By roles that may decide it: what waits for one of them."""
