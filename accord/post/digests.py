"""Mail to a member of staff: the things that wait for their roles as they stand, or those that are overdue, bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import asyncpg

from accord.client.reading import LedgerAccess
from accord.post.beside.things import LATE, Thing, ThingsBeside
from accord.post.calendars import DayEntry
from accord.post.choices import MailChoice, choice_of
from accord.post.kinds import MailKind
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState
from accord.post.recipients import MailAddress, NotToSend
from accord.post.settings import MailSettings
from accord.presentation.words import mail as words
from accord.presentation.words.commands import command_in_words
from domain.directory.tiers import Role
from domain.identity import derive
from domain.partnership.waiting.notices import NoticeKind
from ledger import clock

MOST: Final = 200
"""The most lines of a mail."""
_OF_ROLES: Final = """
SELECT partnership_id, kind, what, due, command, count(*) OVER () AS total,
       count(*) FILTER (WHERE kind <> 'WAITS') OVER () AS late FROM (
  SELECT partnership_id, what, min(due) AS due, min(command) AS command,
         CASE WHEN bool_or(kind = 'LAPSES') THEN 'LAPSES' WHEN bool_or(kind = 'OVERDUE') THEN 'OVERDUE'
              ELSE 'WAITS' END AS kind
    FROM read_model.notices
   WHERE role = ANY ($1) AND ($2::text IS NULL OR (partnership_id, what) = ($2, $3))
   GROUP BY partnership_id, what) AS things
 WHERE kind = ANY ($4) ORDER BY kind = 'WAITS', due NULLS LAST, partnership_id, what LIMIT $5
"""
"""A thing once for whoever holds several roles. Its first day is its own: it is told again on later ones."""


class DigestContent(NamedTuple):
    """The things that wait for a person: the first of them, and their number."""

    things: tuple[Thing, ...]
    total: int
    late: int

    def beside(self, further: Sequence[Thing]) -> DigestContent:
        """Return it with what waits beside the steps of partnerships, which comes after them."""
        late = sum(thing.is_late for thing in further)
        return DigestContent((*self.things, *further[:MOST]), self.total + len(further), self.late + late)


class StaffWriter:
    """Writes mail to staff."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._pool: asyncpg.Pool = access.pool
        self._settings = settings
        self._beside = ThingsBeside(access)

    async def letter(self, mail: Mail, staff_id: str) -> Letter:
        """Return a mail to a member of staff as it is to be sent now.

        Raises:
            NotToSend: They left or chose otherwise, or nothing of it waits for them.
        """
        choice, member = await choice_of(self._pool, staff_id), (await self._access.directory()).person(staff_id)
        if member is None:
            raise NotToSend(MailState.LET_GO, "they have left")
        if choice is None or not _is_chosen(choice, mail.kind):
            raise NotToSend(MailState.LET_GO, "they chose not to be written to")
        addressee = MailAddress(choice.address, member.name)
        if mail.kind is MailKind.DIGEST:
            return await self._digest(staff_id, addressee, choice.language)
        return await self._overdue(mail, staff_id, addressee, choice.language)

    async def _digest(self, staff_id: str, addressee: MailAddress, language: str) -> Letter:
        letter = await self.digest(staff_id, addressee, language)
        if not letter.text:
            raise NotToSend(MailState.LET_GO, "nothing waits for them")
        return letter

    async def digest(self, staff_id: str, addressee: MailAddress, language: str) -> Letter:
        """Return the digest of a member of staff as it would be now. Without text, nothing waits for them."""
        roles = await self._roles(staff_id)
        content = await self._content(roles, (*LATE, NoticeKind.WAITS))
        content = content.beside(await self._beside.of(staff_id, roles))
        phrases = words.STAFF[language]
        of_them_late = phrases.of_them_late.format(count=f"{content.late:,}") if content.late else ""
        subject = words.counted(phrases.waits, content.total) + of_them_late
        return self._letter(addressee, subject, content, language)

    async def _overdue(self, mail: Mail, staff_id: str, addressee: MailAddress, language: str) -> Letter:
        """Return a mail on one overdue thing or, where many became overdue at once, on all that are."""
        of = (mail.facts["partnership"], mail.facts["what"]) if "what" in mail.facts else (None, None)
        content = await self._content(await self._roles(staff_id), LATE, *of)
        if not content.things:
            raise NotToSend(MailState.LET_GO, "it is overdue no more, or no more for them")
        phrases, thing = words.STAFF[language], content.things[0]
        subject_of_one = phrases.overdue.format(act=_act(thing, language), id=thing.subject)
        subject = subject_of_one if content.total == 1 else words.counted(phrases.all_overdue, content.total)
        return self._letter(addressee, subject, content, language)

    async def _roles(self, staff_id: str) -> frozenset[Role]:
        capacities = (await self._access.directory()).capacities(staff_id, clock.today())
        return frozenset(capacity.role for capacity in capacities)

    async def _content(
        self, roles: frozenset[Role], kinds: Sequence[str], partnership_id: str | None = None, what: str | None = None
    ) -> DigestContent:
        rows = await self._pool.fetch(_OF_ROLES, sorted(roles), partnership_id, what, list(kinds), MOST)
        things = tuple(Thing(*tuple(row)[:5]) for row in rows)
        return DigestContent(things, rows[0]["total"], rows[0]["late"]) if rows else DigestContent((), 0, 0)

    def _letter(self, addressee: MailAddress, subject: str, content: DigestContent, language: str) -> Letter:
        if not content.things:
            return Letter(addressee, subject, "", ())
        greeting = words.GREETINGS[language].format(name=addressee.name)
        paragraphs = (greeting, *self._paragraphs(content, language), words.STAFF[language].ending)
        entries = tuple(self._entry(thing, language) for thing in content.things if thing.day is not None)
        return Letter(addressee, subject, "\n\n".join(paragraphs) + "\n", entries)

    def _paragraphs(self, content: DigestContent, language: str) -> Iterator[str]:
        phrases = words.STAFF[language]
        late = [thing for thing in content.things if thing.is_late]
        waiting = [thing for thing in content.things if not thing.is_late]
        for heading, things in ((phrases.late, late), (phrases.waiting, waiting)):
            if things:
                yield "\n".join((heading, *(self._line(thing, language) for thing in things)))
        if further := content.total - len(content.things):
            place = f"{self._settings.console}/work" if self._settings.console else "accord work"
            yield f"{words.counted(phrases.further, further)} {place}"

    def _line(self, thing: Thing, language: str) -> str:
        phrases, day = words.STAFF[language], ""
        if thing.day is not None:
            of_kinds = {NoticeKind.OVERDUE.value: phrases.was_due, NoticeKind.LAPSES.value: phrases.lapses}
            phrase = of_kinds.get(thing.kind, phrases.by)
            day = phrase.format(day=words.day_in(language, thing.day))
        console = self._settings.console
        in_the_shell = not console or (thing.beside and not thing.path)
        place = thing.command if in_the_shell else f"{console}/{thing.path or thing.subject}"
        return f"- {thing.subject}: {_act(thing, language)}{day}\n  {place}"

    def _entry(self, thing: Thing, language: str) -> DayEntry:
        uid = f"{derive('calendar', 'notice', thing.subject, thing.what)}@{self._settings.domain}"
        return DayEntry(uid, thing.day or clock.today(), f"{thing.subject}: {_act(thing, language)}")


def _is_chosen(choice: MailChoice, kind: MailKind) -> bool:
    return choice.digest_hour is not None if kind is MailKind.DIGEST else choice.overdue


def _act(thing: Thing, language: str) -> str:
    """Return the act of a thing: an obligation of the partner in words, an act of staff by its name on pages."""
    if thing.beside:
        return words.STAFF[language].beside[thing.beside]
    kind, _, rest = thing.what.partition(" ")
    if kind in words.OWED_THINGS:
        return words.owed_thing(language, kind, rest.rpartition(" ")[0])
    return command_in_words(thing.command) or thing.what
