"""What waits for a reader in other places than partnerships: people and funds, the bank's word, and what was told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from math import inf
from typing import Any, Final, NamedTuple

import asyncpg

from accord.audit.bank.payment_files import read_payment_file
from accord.client.door.inbox import COUNT_QUERY, MOST_COUNTED
from accord.client.foresight import foreseen_approvals
from accord.client.waiting.mentions import COMMENTS_QUERY, about_comments, mentions_of
from accord.client.waiting.uncovered import MAY_COVER, uncovered_claims
from accord.console.editions.telling import place_of_series
from accord.console.organisation.enrolments import unentered
from accord.console.organisation.people import closed_to
from accord.console.pages.case.ahead import able
from accord.console.pages.case.deciders import as_foreseen
from accord.console.serving.desk import Console
from accord.presentation.filters import PartnershipFilters
from accord.presentation.numbers import count_in_words
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import GUARDIANS, Directory
from domain.directory.people import StaffMember
from domain.directory.tiers import Role
from domain.editions.kinds import CONFIRMERS
from domain.editions.kinds import MAY_CONFIRM as EDITION_ROLES
from domain.funds.events import MAY_CONFIRM
from domain.partnership.commands import ReturnSubmission
from domain.partnership.procedure import PROCEDURE
from domain.partnership.stages import Stage
from domain.partnership.waiting.owing import MAY_RESOLVE
from domain.payment.payment_file import FileStatus, HandOverAgreed, PaymentFile, PaymentFileHandedOver
from domain.payment.portal.sheets import SheetCountersigned
from domain.streams import EDITION_STREAMS, TRUTHS_STREAM
from domain.truths.events import MAY_ANSWER
from ledger import clock
from records.editions import Editions
from records.read_models.as_of import LedgerAsOf
from records.read_models.funds import FUNDS
from records.read_models.lists_as_of import page_of
from records.truths import read_truths

_WAITING: Final = f"""
SELECT (SELECT count(*) FROM payments.exceptions WHERE resolved_at IS NULL) AS exceptions,
       ARRAY(SELECT message_id FROM payments.files WHERE status = '{FileStatus.MADE}'
              ORDER BY created_at DESC LIMIT 20) AS files,
       ARRAY(SELECT message_id FROM payments.files WHERE status = '{FileStatus.HANDED_OVER}'
                AND message_id IN (SELECT message_id FROM payments.typed_numbers)
              ORDER BY created_at DESC LIMIT 20) AS sheets,
       ARRAY(SELECT d.document #>> '{{fund,fund_id}}'
               FROM read_model.documents d, jsonb_each(d.document #> '{{fund,asked}}') AS a(change_id, asked)
              WHERE d.name = '{FUNDS.name}' AND a.asked #>> '{{event,actor}}' <> $3) AS funds,
       EXISTS (SELECT FROM read_model.documents WHERE name = '{FUNDS.name}') AS has_funds,
       ({COUNT_QUERY}) AS submissions,
       EXISTS (SELECT FROM console.enrolments) AS has_enrolments,
       EXISTS ({COMMENTS_QUERY}) AS has_mentions,
       EXISTS (SELECT FROM ledger.events WHERE stream_id = '{TRUTHS_STREAM}') AS has_truths,
       EXISTS (SELECT FROM ledger.events WHERE starts_with(stream_id, '{EDITION_STREAMS}')) AS has_editions
"""  # noqa: S608 - no text of others
"""All that may wait, by one query: whatever is there is read by its own room."""


MOST_ASKED: Final = 20
"""The cases in approval, the soonest due, whose sums are added up for a director. The page says so of more."""
_MOST_LISTED: Final = 300
"""The lines of approval that are read to find them: many ask for a director already."""
_FRESH: Final = 60.0
"""Seconds for which that holds."""


class Elsewhere(NamedTuple):
    """Something that waits for the reader, and where."""

    words: str
    address: str
    is_limit: bool = False
    """True if it says how far was looked, and nothing waits by it."""


class _Look(NamedTuple):
    """A reader who asks what waits elsewhere, and what is there at all."""

    console: Console
    directory: Directory
    reader: str
    there: asyncpg.Record
    """The row of `_WAITING`."""


async def waits_elsewhere(console: Console, directory: Directory, reader: str) -> list[Elsewhere]:
    """Return what waits for a reader elsewhere, of what their roles let them decide."""
    member = directory.person(reader)
    if member is None:
        return []
    [there] = await console.desk.pool.fetch(_WAITING, *about_comments(member))
    look = _Look(console, directory, reader, there)
    roles = frozenset(capacity.role for capacity in directory.capacities(reader, clock.today()))
    of_roles = [find(look) for wanted, find in _LOOKS if not roles.isdisjoint(wanted)]
    found_lines = await asyncio.gather(_passkeys(look, member), _mentions(look, member), *of_roles)
    return [*_changes(look), *(line for part in found_lines for line in part)]


def _changes(look: _Look) -> list[Elsewhere]:
    changes = [change for change in look.directory.pending if not closed_to(look.directory, look.reader, change)]
    words = f"{count_in_words(len(changes), 'change')} of the directory, for a second guardian"
    return [Elsewhere(words, "/people")] if changes else []


async def _passkeys(look: _Look, member: StaffMember) -> list[Elsewhere]:
    """Return the passkeys of others that wait to be entered, for a guardian."""
    if not look.there["has_enrolments"] or GUARDIANS.isdisjoint(member.roles):
        return []
    waiting = await unentered(look.console, look.directory)
    number = waiting.total() - waiting[look.reader]
    words = f"{count_in_words(number, 'passkey')} {'waits' if number == 1 else 'wait'} to be entered by a guardian"
    return [Elsewhere(words, "/people")] if number else []


async def _mentions(look: _Look, member: StaffMember) -> list[Elsewhere]:
    """Return the partnerships in which somebody named the reader, and that they have not opened since."""
    mentions = await mentions_of(look.console.desk.pool, member) if look.there["has_mentions"] else ()
    names = NamesInWords(look.directory)
    return [
        Elsewhere(f"{names.person(mention.actor)} mentioned you on {mention.title}", f"/{mention.partnership_id}#talk")
        for mention in mentions
    ]


async def _exceptions(look: _Look) -> list[Elsewhere]:
    number = look.there["exceptions"]
    words = f"{count_in_words(number, 'exception')} of the bank"
    return [Elsewhere(words, "/payments/exceptions")] if number else []


async def _funds(look: _Look) -> list[Elsewhere]:
    return [
        Elsewhere(f"A change of the fund {fund}, for a second person", f"/funds/{fund}") for fund in look.there["funds"]
    ]


async def _uncovered(look: _Look) -> list[Elsewhere]:
    """Return the funds that promised what they cannot pay. It holds for a minute: all funds are read for it."""
    if not look.there["has_funds"]:
        return []
    console, now = look.console, time.monotonic()
    if now - console.shortfalls.get("", -inf) > _FRESH:
        claims = await uncovered_claims(console.desk)
        console.shortfalls.clear()
        console.shortfalls.update({claim.fund: now for claim in claims}, **{"": now})
    return [
        Elsewhere(f"The fund {fund} promised what it cannot pay", f"/funds/{fund}")
        for fund in console.shortfalls
        if fund
    ]


async def _hand_overs(look: _Look) -> list[Elsewhere]:
    files = [await read_payment_file(look.console.desk.reader, message_id) for message_id in look.there["files"]]
    firsts = [file for file in files if (first := _first_of_two(file)) and first != look.reader]
    counter = look.console.settings.counter_origin
    words = f"{count_in_words(len(firsts), 'payment file')} to leave for the bank, for a second signature"
    return [Elsewhere(words, f"{counter}/" if counter else "/payments")] if firsts else []


async def _sheets(look: _Look) -> list[Elsewhere]:
    """Return the sheets that somebody else typed into the bank's portal and nobody signed as the second."""
    files = [await read_payment_file(look.console.desk.reader, message_id) for message_id in look.there["sheets"]]
    open_files = [file for file in files if file.typed and file.countersigned is None]
    count = sum(file.typed[-1].actor != look.reader for file in open_files)
    counter = look.console.settings.counter_origin
    words = f"{count_in_words(count, 'payment')} typed into the bank’s portal, for a second signature"
    return [Elsewhere(words, f"{counter}/" if counter else "/payments")] if count else []


def _first_of_two(file: PaymentFile) -> str:
    """Return who signed a hand-over that waits for another person, or ''."""
    made = file.status is FileStatus.MADE
    return next((agreed.actor for agreed in file.agreed if made and isinstance(agreed, HandOverAgreed)), "")


async def _truths(look: _Look) -> list[Elsewhere]:
    truths = await read_truths(look.console.desk.reader) if look.there["has_truths"] else ()
    open_truths = [truth for truth in truths if truth.waits() and truth.teller != look.reader]
    address = f"/truths/{open_truths[0].name}" if len(open_truths) == 1 else "/truths"
    words = f"{count_in_words(len(open_truths), 'thing')} told, to be answered"
    return [Elsewhere(words, address)] if open_truths else []


async def _inbox(look: _Look) -> list[Elsewhere]:
    """Return how much grantees handed in that nobody judged yet."""
    number = look.there["submissions"]
    words = f"{number if number < MOST_COUNTED else f'{MOST_COUNTED - 1}+'} handed in by grantees, to be read"
    return [Elsewhere(words, "/inbox")] if number else []


async def _editions(look: _Look) -> list[Elsewhere]:
    """Return the editions that wait for somebody whose roles confirm their kind, and who did not ask for them."""
    roles = frozenset(capacity.role for capacity in look.directory.capacities(look.reader, clock.today()))
    return [
        Elsewhere(
            f"Edition {series.waiting.edition} of {series.name}, for a second person",
            f"/{place_of_series(series.kind, series.name)}",
        )
        for series in (await Editions(look.console.desk.reader).every() if look.there["has_editions"] else ())
        if series.waiting is not None and series.waiting.actor != look.reader and roles & EDITION_ROLES[series.kind]
    ]


async def _approvals(look: _Look) -> list[Elsewhere]:
    """Return the cases that ask for a director by sums that others approved since, the soonest due first.

    The lists know the roles of the last approval, or of the assessment. Adding up costs a look at each case: it holds
    for a minute, unless its reader acted, and goes no further than the cases due first, which the last line says then.
    """
    console, now = look.console, time.monotonic()
    known = console.asked.get(look.reader)
    if known is not None and now - known[0] < _FRESH and known[0] > console.acts.get(look.reader, -inf):
        return [Elsewhere(*line) for line in known[1]]
    waiting = PartnershipFilters(stage=Stage.APPROVAL.value, held="no").asked()
    rows = await page_of(console.desk.pool, waiting, LedgerAsOf(), _MOST_LISTED + 1)
    unlisted = [row.shown for row in rows[:_MOST_LISTED] if Role.DIRECTOR.value not in row.shown["awaiting"]]
    asked = await asyncio.gather(*(_asks_a_director(look, row) for row in unlisted[:MOST_ASKED]))
    is_cut = len(unlisted) > MOST_ASKED or len(rows) > _MOST_LISTED
    lines = [*(line for line in asked if line is not None), *([_NO_FURTHER] if is_cut else [])]
    console.asked[look.reader] = now, tuple(lines)
    return lines


_NO_FURTHER: Final = Elsewhere(
    f"Sums approved meanwhile were added up for the {MOST_ASKED} approvals that are due first. "
    "Of the others those that need you stand here once somebody approves them.",
    f"/partnerships?stage={Stage.APPROVAL.value}",
    is_limit=True,
)


async def _asks_a_director(look: _Look, row: Mapping[str, Any]) -> Elsewhere | None:
    desk = look.console.desk
    partnership = await desk.known_partnership(row["partnership_id"])
    standing = as_foreseen(partnership, await foreseen_approvals(desk, partnership))
    is_asked = Role.DIRECTOR in standing.missing_approvals
    if not is_asked or look.reader not in able(standing, Role.DIRECTOR, NamesInWords(look.directory)):
        return None
    return Elsewhere(f"{row['title']} needs a director, too: do you approve it?", f"/{row['partnership_id']}#decide")


_LOOKS: Final[tuple[tuple[frozenset[Role], Callable[[_Look], Awaitable[list[Elsewhere]]]], ...]] = (
    (frozenset(MAY_RESOLVE), _exceptions),
    (frozenset(MAY_CONFIRM), _funds),
    (frozenset(MAY_COVER), _uncovered),
    (PaymentFileHandedOver.roles, _hand_overs),
    (SheetCountersigned.roles, _sheets),
    (frozenset(MAY_ANSWER), _truths),
    (CONFIRMERS, _editions),
    (frozenset({Role.DIRECTOR}), _approvals),
    (PROCEDURE[ReturnSubmission].roles, _inbox),
)
"""The roles that may decide it, and what waits for one of them."""
