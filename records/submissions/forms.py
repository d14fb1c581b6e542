"""Open forms and make links: the process of mail does it while it sends, and forgets each secret.

A secret has 256 bits and stands in the mail alone: here lies its digest. Making a link anew ends the one before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.canonical_json import canonical_json
from domain.identity import derive
from domain.submissions.kinds import DoorForm
from ledger import clock
from records.submissions.sealing import FormSealing, new_key

LINK_LIFE: Final = timedelta(days=30)
"""The life of a link. Once it is over, a fresh one goes to the same address on request."""
CODE_DIGITS: Final = 8

_OPEN: Final = """
INSERT INTO grantee.forms (id, kind, subject, about, edition, language, closes_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET closed_at = NULL, closes_at = greatest(grantee.forms.closes_at, EXCLUDED.closes_at)
"""
"""Opened again, it is open again, with all that was written: what is owed anew goes on from there."""
_KEY: Final = "INSERT INTO grantee.keys (form, key) VALUES ($1, $2) ON CONFLICT (form) DO NOTHING"
_KEY_OF: Final = "SELECT key FROM grantee.keys WHERE form = $1"
_SHOW: Final = """
INSERT INTO grantee.shown (form, content) VALUES ($1, $2)
ON CONFLICT (form) DO UPDATE SET content = EXCLUDED.content, pushed_at = ledger.now()
"""
_LINK: Final = """
INSERT INTO grantee.links (id, form, digest, address, may, until) VALUES ($1, $2, $3, $4, 'SUBMIT', $5)
ON CONFLICT (id) DO UPDATE
   SET digest = EXCLUDED.digest, until = EXCLUDED.until, revoked_at = NULL, sent_at = ledger.now()
"""
"""Also where the link before was revoked: its secret opens nothing more, and this one goes to a contact on record."""
_RENEW: Final = """
UPDATE grantee.links SET digest = $2, until = $3, sent_at = ledger.now() WHERE id = $1 AND revoked_at IS NULL
"""
_FORM_OF_LINK: Final = """
SELECT l.form, l.address, l.may, l.until, l.revoked_at, f.kind, f.subject, f.about, f.language, f.closes_at,
       f.closed_at, k.key
  FROM grantee.links l JOIN grantee.forms f ON f.id = l.form JOIN grantee.keys k ON k.form = f.id
 WHERE l.id = $1
"""
_CODE: Final = """
SELECT c.link, c.purpose, c.until, c.used_at FROM grantee.codes c WHERE c.id = $1
"""
_MAC: Final = "UPDATE grantee.codes SET mac = $2 WHERE id = $1 AND used_at IS NULL"
_CLOSE: Final = "UPDATE grantee.forms SET closed_at = ledger.now() WHERE id = $1 AND closed_at IS NULL"


class FormErased(LookupError):
    """The form's key was destroyed: nothing of it is read, and nobody is let in."""


class NewForm(NamedTuple):
    """A form to open. Its id follows from what it is for, so that opening it again changes nothing."""

    id: UUID
    kind: DoorForm
    subject: str
    about: str
    edition: str | None
    language: str
    closes_at: datetime


class StoredLink(NamedTuple):
    """A link with its form, for whoever writes to its address."""

    form: UUID
    address: str
    may: str
    until: datetime
    revoked_at: datetime | None
    kind: DoorForm
    subject: str
    about: str
    language: str
    closes_at: datetime
    closed_at: datetime | None
    key: bytes

    @property
    def is_open(self) -> bool:
        """True if a link to it may be sent: the form is open, and nobody revoked the link."""
        return self.closed_at is None and self.revoked_at is None and self.closes_at > clock.now()


def digest_of(secret: str) -> bytes:
    """Return the digest under which a link is found again by its secret."""
    return hashlib.sha256(secret.encode()).digest()


def mac_of_code(key: bytes, link: UUID, purpose: str, code: str) -> bytes:
    """Return the code's authenticator, bound to its link and purpose under the form's key (RFC 2104)."""
    return hmac.digest(key, f"{link}/{purpose}/{code}".encode(), "sha256")


async def open_form(connection: PoolConnectionProxy, form: NewForm, shown: Mapping[str, Any]) -> bytes:
    """Open a form, push what it shows, and return its key. Safe to repeat. Raises FormErased."""
    await connection.execute(
        _OPEN, form.id, form.kind.value, form.subject, form.about, form.edition, form.language, form.closes_at
    )
    if not await _has_shown(connection, form.id):
        await connection.execute(_KEY, form.id, new_key())
    key = await connection.fetchval(_KEY_OF, form.id)
    if key is None:
        raise FormErased(f"form {form.id} was erased")
    await push_shown(connection, form.id, bytes(key), shown)
    return bytes(key)


async def _has_shown(connection: PoolConnectionProxy, form: UUID) -> bool:
    """True if the form had its key: a key is made once, and one that was destroyed is not made anew."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM grantee.shown WHERE form = $1)", form))


async def push_shown(connection: PoolConnectionProxy, form: UUID, key: bytes, shown: Mapping[str, Any]) -> None:
    """Push the content that a form shows: the door can look nothing up."""
    content = FormSealing(form, key).sealed("shown", canonical_json(dict(shown)))
    await connection.execute(_SHOW, form, content)


class MadeSecret(NamedTuple):
    """A secret for one mail, and the statement that lays down what it is recognised by."""

    secret: str
    statement: str
    arguments: tuple[object, ...]

    async def lay_down(self, connection: PoolConnectionProxy) -> None:
        """Let it count. Before this it opens nothing, and what was sent before still does."""
        await connection.execute(self.statement, *self.arguments)


def new_link(form: NewForm, key: bytes, address: str) -> MadeSecret:
    """Return the secret of a link to a form. Once laid down, the link before it to this address opens nothing more."""
    secret = secrets.token_urlsafe(32)
    link, until = derive("link", form.id, address), min(clock.now() + LINK_LIFE, form.closes_at)
    sealed_address = FormSealing(form.id, key).sealed("address", address.encode())
    return MadeSecret(secret, _LINK, (link, form.id, digest_of(secret), sealed_address, until))


async def make_link(connection: PoolConnectionProxy, form: NewForm, key: bytes, address: str) -> str:
    """Return the secret of a link to a form, which counts at once."""
    secret_of_mail = new_link(form, key, address)
    await secret_of_mail.lay_down(connection)
    return secret_of_mail.secret


def renewed_link(link: UUID, closes_at: datetime) -> MadeSecret:
    """Return a new secret of a link that stands: of a colleague's first, or in the place of one that expired."""
    secret = secrets.token_urlsafe(32)
    return MadeSecret(secret, _RENEW, (link, digest_of(secret), min(clock.now() + LINK_LIFE, closes_at)))


async def stored_link(connection: PoolConnectionProxy, link: UUID) -> StoredLink | None:
    """Return a link with its address in plain text, or None if there is none, or its form was erased."""
    row = await connection.fetchrow(_FORM_OF_LINK, link)
    if row is None:
        return None
    address = FormSealing(row["form"], bytes(row["key"])).opened("address", bytes(row["address"])).decode()
    return StoredLink(**{**dict(row), "address": address, "kind": DoorForm(row["kind"]), "key": bytes(row["key"])})


class AskedCode(NamedTuple):
    """A code that somebody asked for at the door."""

    link: UUID
    purpose: str
    until: datetime
    used_at: datetime | None


async def asked_code(connection: PoolConnectionProxy, code: UUID) -> AskedCode | None:
    """Return a code that was asked for, or None."""
    row = await connection.fetchrow(_CODE, code)
    return AskedCode(*row) if row is not None else None


def new_code(code: UUID, asked: AskedCode, key: bytes) -> MadeSecret:
    """Return the digits of a code, of which the database gets what they are compared by."""
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    return MadeSecret(digits, _MAC, (code, mac_of_code(key, asked.link, asked.purpose, digits)))


async def make_code(connection: PoolConnectionProxy, code: UUID, asked: AskedCode, key: bytes) -> str:
    """Return the digits of a code, which count at once."""
    secret_of_mail = new_code(code, asked, key)
    await secret_of_mail.lay_down(connection)
    return secret_of_mail.secret


async def close_form(connection: PoolConnectionProxy, form: UUID) -> None:
    """Close a form: it was taken over, or its invitation ended. What was handed in stays."""
    await connection.execute(_CLOSE, form)


def shown_from(content: bytes) -> dict[str, Any]:
    """Return the content that a form shows, from its opened text."""
    shown: dict[str, Any] = json.loads(content)
    return shown
