"""The reach of the door into the database: call functions that are keyed by the digest of a link's secret.

Texts are sealed here, before they leave the process, under the form's key that a link brings along.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import DoorForm, SubmissionKind
from records.submissions.forms import digest_of, mac_of_code
from records.submissions.sealing import NAME_OF_PAPER, FormSealing

_LOOK: Final = "SELECT * FROM grantee.look($1, $2)"
_ANSWERS: Final = "SELECT * FROM grantee.answers($1)"
_SAVE: Final = "SELECT * FROM grantee.save($1, $2, $3, $4)"
_SUBMIT: Final = "SELECT * FROM grantee.submit($1, $2, $3, $4)"
_SAY: Final = "SELECT * FROM grantee.say($1, $2, $3, $4)"
_HANDED_IN: Final = "SELECT * FROM grantee.handed_in($1, $2)"
_PAPERS: Final = "SELECT * FROM grantee.papers_of($1)"
_ADD_PART: Final = "SELECT grantee.add_part($1, $2, $3, $4, $5)"
_FINISH_PAPER: Final = "SELECT grantee.finish_paper($1, $2, $3, $4)"


class OpenForm(NamedTuple):
    """A form as its link opens it in a browser."""

    link: UUID
    may: str
    form: UUID
    kind: DoorForm
    subject: str
    about: str
    edition: str | None
    questions: bytes | None
    language: str
    revision: int
    closes_at: datetime
    until: datetime
    key: bytes
    shown: dict[str, Any]
    shown_sha256: str
    entered: bool
    opened: bool
    """True if a code opened what was handed in to this browser."""
    closed: bool
    """True if nothing more is written or handed in by it: what was is still read."""
    handed_in: int

    @property
    def sealing(self) -> FormSealing:
        """The sealing of this form's texts."""
        return FormSealing(self.form, self.key)


class FieldText(NamedTuple):
    """A text of a field: the one that stands, or one that is kept beside it."""

    revision: int
    value: Any
    link: UUID
    at: datetime
    stands: bool


class Saved(NamedTuple):
    """The answer to a text that was saved."""

    revision: int
    beside: bool
    """True if another text of this field is kept beside it, until somebody chose."""


class HandedIn(NamedTuple):
    """A submission at the door: its time and, once it is sealed, its proof. The content only where a code opened it."""

    kind: SubmissionKind
    sha256: str
    at: datetime
    content: SubmissionContent | None
    number: int
    position: int | None
    path: tuple[str, ...]
    receipt: bytes | None


class PaperAtDoor(NamedTuple):
    """A paper that was begun at the door: in parts, whole in quarantine, or examined."""

    id: UUID
    field: str
    name: str
    """Its name, as its sender called it."""
    size: int
    received: int
    parts: tuple[str, ...]
    """Its objects in quarantine, in their order."""
    sha256: str | None
    """Its digest, once it is whole."""
    verdict: str | None
    why: str
    begun_at: datetime


class Colleague(NamedTuple):
    """A colleague who was invited, and never hands in."""

    id: UUID
    address: str
    may: str
    asked_at: datetime


class GranteeLink:
    """One link in one browser."""

    def __init__(self, pool: asyncpg.Pool, secret: str, browser: str) -> None:
        self._pool = pool
        self._link = digest_of(secret)
        self._browser = hashlib.sha256(browser.encode()).digest()

    async def look(self) -> OpenForm | None:
        """Return the form, or None: expired, revoked, another's, mistyped or closed alike."""
        row = await self._pool.fetchrow(_LOOK, self._link, self._browser)
        if row is None:
            return None
        sealing = FormSealing(row["form"], bytes(row["key"]))
        shown = sealing.opened("shown", bytes(row["shown"])) if row["shown"] is not None else b"{}"
        fields = {**dict(row), "kind": DoorForm(row["kind"]), "key": bytes(row["key"]), "shown": json.loads(shown)}
        return OpenForm(**fields, shown_sha256=hashlib.sha256(shown).hexdigest())

    async def speak(self, language: str) -> bool:
        """Show this link's pages in a language from now on. False where the link opens nothing."""
        return bool(await self._pool.fetchval("SELECT grantee.speak($1, $2)", self._link, language))

    async def enter(self) -> bool:
        """Begin in this browser, and return False where the link opens nothing, or too many browsers."""
        return bool(await self._pool.fetchval("SELECT grantee.enter($1, $2)", self._link, self._browser))

    async def drafts(self, form: OpenForm) -> dict[str, list[FieldText]]:
        """Return the texts by field, the one that stands first."""
        drafts: dict[str, list[FieldText]] = {}
        for row in await self._pool.fetch(_ANSWERS, self._link):
            value = json.loads(form.sealing.opened(f"field/{row['field']}", bytes(row["value"])))
            draft = FieldText(row["revision"], value, row["link"], row["at"], row["stands"])
            drafts.setdefault(row["field"], []).append(draft)
        return {field: sorted(texts, key=lambda draft: not draft.stands) for field, texts in drafts.items()}

    async def save(self, form: OpenForm, field: str, value: Any, base: int) -> Saved | None:
        """Save a field's text, and return None where the link does not let one write.

        `base`: the revision that was read before it was written, or 0.
        """
        sealed_value = form.sealing.sealed(f"field/{field}", json.dumps(value, ensure_ascii=False).encode())
        row: Any = await self._pool.fetchrow(_SAVE, self._link, field, sealed_value, base)
        return Saved(row["revision"], row["beside"]) if row["revision"] is not None else None

    async def choose(self, field: str, revision: int, newest_seen: int) -> bool:
        """Let one of two texts of a field stand, and drop the other. False where a newer one came that nobody saw."""
        query = "SELECT grantee.choose($1, $2, $3, $4)"
        return bool(await self._pool.fetchval(query, self._link, field, revision, newest_seen))

    async def ask_code(self, purpose: str) -> bool:
        """Have a code sent to the link's address, and return False where there are no more today."""
        return bool(await self._pool.fetchval("SELECT grantee.ask_code($1, $2)", self._link, purpose))

    async def submit(self, form: OpenForm, content: SubmissionContent, code: str) -> tuple[datetime | None, str]:
        """Hand in, and return the door's time, or the fault: NONE, USED, EXPIRED, TRIES, CHANGED, WRONG or LINK."""
        mac = mac_of_code(form.key, form.link, "SUBMIT", code)
        row: Any = await self._pool.fetchrow(_SUBMIT, self._link, mac, *_sealed(form, content))
        return row["at"], row["fault"]

    async def say(self, form: OpenForm, content: SubmissionContent) -> datetime | None:
        """Lay down a word that asks for no code, and return its time, or None where it is too many."""
        row: Any = await self._pool.fetchrow(_SAY, self._link, content.kind.value, *_sealed(form, content))
        at: datetime | None = row["at"]
        return at

    async def open(self, form: OpenForm, code: str) -> str:
        """Open the submissions to this browser for an hour. Returns '' or the fault."""
        mac = mac_of_code(form.key, form.link, "OPEN", code)
        return str(await self._pool.fetchval("SELECT grantee.open($1, $2, $3)", self._link, self._browser, mac))

    async def handed_in(self, form: OpenForm) -> list[HandedIn]:
        """Return the submissions of this form, the oldest first."""
        return [_handed_in(form, row) for row in await self._pool.fetch(_HANDED_IN, self._link, self._browser)]

    async def invite(self, form: OpenForm, address: str, may: str, code: str) -> str:
        """Invite a colleague, who reads or fills. Returns '' or the fault, as `submit`, or MANY."""
        mac, sealed_address = (
            mac_of_code(form.key, form.link, "INVITE", code),
            form.sealing.sealed("address", address.encode()),
        )
        query = "SELECT grantee.invite($1, $2, $3, $4)"
        return str(await self._pool.fetchval(query, self._link, mac, sealed_address, may))

    async def colleagues(self, form: OpenForm) -> list[Colleague]:
        """Return the colleagues whom this link invited."""
        rows = await self._pool.fetch("SELECT * FROM grantee.colleagues($1)", self._link)
        return [
            Colleague(
                row["id"], form.sealing.opened("address", bytes(row["address"])).decode(), row["may"], row["asked_at"]
            )
            for row in rows
        ]

    async def revoke(self, colleague: UUID | None = None) -> bool:
        """End a colleague's link or, without one, this link and those of all whom it invited."""
        return bool(await self._pool.fetchval("SELECT grantee.revoke($1, $2)", self._link, colleague))

    async def ask_fresh(self) -> None:
        """Have a fresh link sent to the same address, if there is one. Nobody is told."""
        await self._pool.execute("SELECT grantee.ask_fresh($1)", self._link)

    async def papers(self, form: OpenForm) -> list[PaperAtDoor]:
        """Return the papers of this form that nobody dropped, the oldest first."""
        return [_paper(form, row) for row in await self._pool.fetch(_PAPERS, self._link)]

    async def begin_paper(self, form: OpenForm, field: str, name: str, size: int) -> UUID | None:
        """Begin to hand in a paper of a size, at most, and return its id, or None where it is too many or too much."""
        sealed_name = form.sealing.sealed(NAME_OF_PAPER, name.encode())
        query = "SELECT grantee.begin_paper($1, $2, $3, $4)"
        paper: UUID | None = await self._pool.fetchval(query, self._link, field, sealed_name, size)
        return paper

    async def add_part(self, paper: UUID, beginning: int, size: int, place: str) -> int | None:
        """Note that the next part lies in quarantine, and return the bytes there, or None if another is expected."""
        received: int | None = await self._pool.fetchval(_ADD_PART, self._link, paper, beginning, size, place)
        return received

    async def finish_paper(self, paper: UUID, sha256: str, size: int) -> bool:
        """Note that a paper is whole in quarantine. False where it is not, or was dropped."""
        return bool(await self._pool.fetchval(_FINISH_PAPER, self._link, paper, bytes.fromhex(sha256), size))

    async def drop_paper(self, paper: UUID) -> bool:
        """Drop a paper. Once it was handed in, its digest stays in that submission."""
        return bool(await self._pool.fetchval("SELECT grantee.drop_paper($1, $2)", self._link, paper))

    @cached_property
    def name(self) -> str:
        """The beginning of the link's digest, for limits and logs: it opens nothing."""
        return self._link.hex()[:16]


def _sealed(form: OpenForm, content: SubmissionContent) -> tuple[bytes, bytes]:
    stored_bytes = content.canonical()
    digest = hashlib.sha256(stored_bytes).digest()
    return digest, form.sealing.sealed(f"submission/{digest.hex()}", stored_bytes)


def _handed_in(form: OpenForm, row: asyncpg.Record) -> HandedIn:
    sha256, content = row["sha256"].hex(), None
    if row["content"] is not None:
        stored_bytes = form.sealing.opened(f"submission/{sha256}", bytes(row["content"]))
        content = SubmissionContent.model_validate_json(stored_bytes)
    path = row["path"] or b""
    steps = tuple(path[start : start + 32].hex() for start in range(0, len(path), 32))
    return HandedIn(
        SubmissionKind(row["kind"]), sha256, row["at"], content, row["number"], row["position"], steps, row["receipt"]
    )


def _paper(form: OpenForm, row: asyncpg.Record) -> PaperAtDoor:
    name = form.sealing.opened(NAME_OF_PAPER, bytes(row["name"])).decode()
    sha256 = row["digest"].hex() if row["digest"] is not None else None
    fields = {**dict(row), "name": name, "parts": tuple(row["parts"]), "sha256": sha256}
    del fields["digest"]
    return PaperAtDoor(**fields)
