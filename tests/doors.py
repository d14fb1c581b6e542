"""A grantee's form and link, opened as the process of mail opens them, and the door that a browser comes to."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from accord.grantee.store import GranteeLink, OpenForm
from domain.partnership.submission.invitations import form_id
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import DoorForm, SubmissionKind
from ledger import clock
from records.submissions.forms import NewForm, asked_code, make_code, make_link, open_form, stored_link

ADDRESS = "ida.holm@library.example"
SHOWN = {"title": "Digital skills", "partner": "Riverbend Library Network"}


async def link_to(
    pool: asyncpg.Pool, subject: str, kind: DoorForm = DoorForm.REPORT, about: str = "1", days: int = 30, **more: Any
) -> str:
    """The secret of a link to a form, whose mail was just sent."""
    closes_at = clock.now() + timedelta(days=days)
    identifier = form_id(subject, kind, about, more.pop("invitation", 0))
    form = NewForm(identifier, kind, subject, about, more.get("edition"), more.get("language", "en"), closes_at)
    async with pool.acquire() as connection:
        key = await open_form(connection, form, SHOWN)
        return await make_link(connection, form, key, more.get("address", ADDRESS))


def door(pool: asyncpg.Pool, secret: str, browser: str = "Ida's browser") -> GranteeLink:
    return GranteeLink(pool, secret, browser)


async def entered(pool: asyncpg.Pool, secret: str, browser: str = "Ida's browser") -> tuple[GranteeLink, OpenForm]:
    """The door, and the form, in a browser that began."""
    at_door = door(pool, secret, browser)
    assert await at_door.enter()
    form = await at_door.look()
    assert form is not None
    return at_door, form


async def code_for(pool: asyncpg.Pool, at_door: GranteeLink, purpose: str = "SUBMIT") -> str:
    """The digits of a code, as its mail says them."""
    assert await at_door.ask_code(purpose)
    async with pool.acquire() as connection:
        newest: UUID = await connection.fetchval("SELECT id FROM grantee.codes ORDER BY asked_at DESC, id LIMIT 1")
        asked = await asked_code(connection, newest)
        assert asked is not None
        link = await stored_link(connection, asked.link)
        assert link is not None
        return await make_code(connection, newest, asked, link.key)


def content(form: OpenForm, kind: SubmissionKind | None = None, **more: Any) -> SubmissionContent:
    """What somebody hands in by a form."""
    fields: dict[str, Any] = {"answers": {"summary": "Eleven courses were held"}, "name": "Ida Holm", **more}
    return SubmissionContent(
        form=form.form, kind=kind or SubmissionKind(form.kind.value), subject=form.subject, about=form.about,
        edition=form.edition, shown=form.shown_sha256, language=form.language, capacity="Director", at=clock.now(),
        chance=secrets.token_hex(16), **fields,
    )  # fmt: skip


async def handed_in(pool: asyncpg.Pool, secret: str, **more: Any) -> SubmissionContent:
    """What was handed in by a link, with a code."""
    at_door, form = await entered(pool, secret)
    submission = content(form, **more)
    at, fault = await at_door.submit(form, submission, await code_for(pool, at_door))
    assert (at is not None, fault) == (True, "")
    return submission
