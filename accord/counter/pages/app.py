"""The counter's application: its pages with who may open each, on an origin of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

from accord.counter.pages import accounts, answers, brought_in, exceptions, files, month, open_entries, ready, sheets
from accord.counter.pages.errands import doing
from accord.counter.pages.site import CounterSite
from accord.web import login
from accord.web.access import HEALTH, Access, Page, application
from accord.web.limits import EXPORTS, Rate
from accord.web.pages import templates_of
from accord.web.security import Guarded, refusing_with
from deploy.processes.table import OIDC_RETURN

FOLDER: Final = Path(__file__).parent / "templates"
LOGIN_COOKIE: Final = "__Host-accord-counter-login"
CHECKS: Final = Rate(60, 60)
"""Looks at what is ready, by reader: each asks the check of every payment."""
UPLOADS: Final = Rate(20, 20)
"""Files of the bank that are brought in, and files that are taken, by reader."""

PAGES: Final = (
    HEALTH,
    Page("/welcome", login.welcome, Access.ANYBODY),
    Page("/login", login.sign_in, Access.ANYBODY),
    Page(OIDC_RETURN, login.signed_in, Access.ANYBODY),
    Page("/logout", login.sign_out, Access.READER, ("POST",)),
    Page("/", ready.show, Access.READER, rate=CHECKS),
    Page("/make", ready.make, Access.READER, ("POST",)),
    Page("/files", files.show_all, Access.READER),
    Page("/files/{message}", files.show, Access.READER),
    Page("/files/{message}/hand-over", files.hand_over, Access.READER, ("POST",)),
    Page("/files/{message}/write-again", files.write_again, Access.READER, ("POST",)),
    Page("/files/{message}/typed", sheets.type_in, Access.READER, ("POST",), CHECKS),
    Page("/files/{message}/countersign", sheets.countersign, Access.READER, ("POST",), CHECKS),
    Page("/files/{message}/take", files.take, Access.READER, ("POST",), EXPORTS),
    Page("/answers", answers.show, Access.READER),
    Page("/answers", answers.bring_in, Access.READER, ("POST",), UPLOADS),
    Page("/answers/finish", answers.finish_cut_off, Access.READER, ("POST",)),
    Page("/answers/brought-in", brought_in.show, Access.READER),
    Page("/answers/{address}", answers.look, Access.READER),
    Page("/answers/open/{entry}/assign", open_entries.assign, Access.READER, ("POST",)),
    Page("/answers/open/{entry}/explain", open_entries.ask_what_it_is, Access.READER, ("POST",)),
    Page("/exceptions/{exception}", exceptions.look, Access.READER),
    Page("/exceptions/{exception}/{resolution}", exceptions.show, Access.READER),
    Page("/exceptions/{exception}/{resolution}", exceptions.prepare, Access.READER, ("POST",)),
    Page("/month", month.show, Access.READER, rate=CHECKS),
    Page("/accounts", accounts.show_all, Access.READER),
    Page("/accounts", accounts.record, Access.READER, ("POST",)),
    Page("/accounts/{reference}", accounts.show, Access.READER, rate=EXPORTS),
    Page("/accounts/{reference}", accounts.call_back, Access.READER, ("POST",)),
)
PATIENCE: Final = 25.0
"""Seconds that errands get to end."""


def counter_app(site: CounterSite) -> ASGIApp:
    """Return the application of the counter's pages, which also carries out what was signed."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        at_work = asyncio.create_task(doing.follow(site))
        yield
        at_work.cancel()
        await asyncio.wait([at_work], timeout=PATIENCE)

    templates = templates_of(FOLDER)
    templates.globals["console"] = site.settings.console_origin
    app = application(site, templates, PAGES, lifespan)
    app.add_middleware(
        SessionMiddleware, secret_key=secrets.token_hex(32), session_cookie=LOGIN_COOKIE, max_age=600,
        same_site="lax", https_only=True,
    )  # fmt: skip
    refusing = refusing_with("Open the counter, and do it there.")
    return Guarded(app, site.settings.origin, refusing, (site.settings.signing_origin,))
