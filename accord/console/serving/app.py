"""The console's two applications: pages for reading and preparing, and the page that signs, on an origin of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

from accord.console.deciding import bulk, deciding, signing, truths, workbooks
from accord.console.deciding.letters import choosing as letter_choosing
from accord.console.door import inbox, submission
from accord.console.editions import letter_pictures, reruns
from accord.console.editions import pages as editions
from accord.console.importing import before
from accord.console.importing import checked as imported_table
from accord.console.importing import listing as imports
from accord.console.lists import columns, partnerships, ticked, views, work
from accord.console.organisation import enrolling, founding, funders, funds, people
from accord.console.pages import (
    figures,
    letter_check,
    overview,
    owed,
    pace,
    papers,
    partner,
    partnership,
    payment_files,
    payments,
    results,
    sampling,
    tables,
)
from accord.console.pages.books import closing
from accord.console.pages.books import lists as books
from accord.console.pages.counts import counts_for
from accord.console.pages.exceptions import exception, exceptions, resolved
from accord.console.pages.operations import attestations, operations, programs
from accord.console.pages.templates import TEMPLATES
from accord.console.proposing import editing
from accord.console.serving import live, mailing, me, payloads
from accord.console.serving.desk import Console
from accord.web import login
from accord.web.access import HEALTH, LIVE, Access, Page, application
from accord.web.limits import DECODINGS, EXPORTS, PICTURES
from accord.web.security import Guarded, refusing_with
from deploy.processes.table import OIDC_RETURN

PAGES: Final = (
    HEALTH,
    Page("/welcome", login.welcome, Access.ANYBODY),
    Page("/login", login.sign_in, Access.ANYBODY),
    Page(OIDC_RETURN, login.signed_in, Access.ANYBODY),
    Page("/logout", login.sign_out, Access.READER, ("POST",)),
    Page("/found", founding.form, Access.ANYBODY),
    Page("/found", founding.prepare, Access.ANYBODY, ("POST",)),
    Page("/found/{address}", founding.show, Access.ADDRESS),
    Page("/", work.queue, Access.READER),
    Page("/partnerships", partnerships.show, Access.READER),
    Page("/find", partnerships.find, Access.READER),
    Page("/ticked", ticked.sums, Access.READER),
    Page("/views", views.change, Access.READER, ("POST",)),
    Page("/columns", columns.choose, Access.READER, ("POST",)),
    Page("/me", me.show, Access.READER),
    Page("/mail", mailing.show, Access.READER),
    Page("/mail", mailing.keep_choice, Access.READER, ("POST",)),
    Page("/mail/{mail}", mailing.settle, Access.READER, ("POST",)),
    Page("/payments", payments.show, Access.READER),
    Page("/obligations", owed.show, Access.READER),
    Page("/results", results.results, Access.READER),
    Page("/payments/exceptions", exceptions.show_all, Access.READER),
    Page("/payments/exceptions/resolved", resolved.show, Access.READER),
    Page("/payments/exceptions/{exception}", exception.show, Access.READER),
    Page("/payments/files", payment_files.show, Access.READER),
    Page("/payments/sample", sampling.show, Access.READER),
    Page("/payments/sample/folder.zip", sampling.take, Access.READER, rate=EXPORTS),
    Page("/inbox", inbox.show, Access.READER),
    Page("/inbox/{submission}", submission.show, Access.READER),
    Page("/inbox/{submission}", submission.prepare_return, Access.READER, ("POST",)),
    Page("/partners/{partner}", partner.show, Access.READER),
    Page("/portfolio", figures.show, Access.READER),
    Page("/portfolio/clock", pace.show, Access.READER, rate=EXPORTS),
    Page("/registers", overview.registers, Access.READER),
    Page("/proof/{position}", overview.proof, Access.READER),
    Page("/proof/{position}/receipt", overview.receipt, Access.READER),
    Page("/operations", operations.show, Access.READER),
    Page("/operations/programs", programs.show, Access.READER),
    Page("/operations/attestations", attestations.show, Access.READER),
    Page("/operations/attestations/{day}", attestations.show_day, Access.READER),
    Page("/funds", tables.funds, Access.READER),
    Page("/funds/open", funds.open_form, Access.READER),
    Page("/funds/open", funds.prepare_opening, Access.READER, ("POST",)),
    Page("/funds/{fund}", funds.show, Access.READER),
    Page("/funds/{fund}/{change}", funds.change_form, Access.READER),
    Page("/funds/{fund}/{change}", funds.prepare_change, Access.READER, ("POST",)),
    Page("/funds/{fund}/confirm/{request}", funds.prepare_confirmation, Access.READER, ("POST",)),
    Page("/imports", imports.show, Access.READER, rate=EXPORTS),
    Page("/imports", imports.send, Access.READER, ("POST",), EXPORTS),
    Page("/imports/mapping.toml", imports.suggested, Access.READER, ("POST",), EXPORTS),
    Page("/imports/{table}", imported_table.show, Access.READER, rate=EXPORTS),
    Page("/imports/{table}/checked.xlsx", imported_table.take, Access.READER, rate=EXPORTS),
    Page("/imports/{table}/sign", imported_table.prepare, Access.READER, ("POST",), EXPORTS),
    Page("/imports/{table}/confirm", imported_table.prepare_confirmation, Access.READER, ("POST",), EXPORTS),
    Page("/imports/{table}/write", imported_table.write, Access.READER, ("POST",), EXPORTS),
    Page("/imports/{table}/forget", imported_table.forget, Access.READER, ("POST",)),
    Page("/before/{reference}", before.show, Access.READER),
    Page("/books", books.show, Access.READER),
    Page("/books/periods", books.periods, Access.READER),
    Page("/books/close", closing.form, Access.READER),
    Page("/books/close", closing.prepare, Access.READER, ("POST",)),
    Page("/books/periods/{day}", books.export, Access.READER, rate=EXPORTS),
    Page("/books/periods/{day}/close", closing.waiting, Access.READER),
    Page("/books/periods/{day}/close", closing.prepare_confirmation, Access.READER, ("POST",)),
    Page("/books/{list}", books.show, Access.READER),
    Page("/letters/check", letter_check.check, Access.READER),
    Page("/reruns", reruns.show, Access.READER),
    Page("/editions", editions.listing, Access.READER),
    Page("/editions/ask", editions.ask_form, Access.READER),
    Page("/editions/ask", editions.prepare_asking, Access.READER, ("POST",)),
    Page("/editions/{kind}/{name}", editions.show, Access.READER),
    Page("/editions/letter/{name}/picture", letter_pictures.picture, Access.READER, rate=PICTURES),
    Page("/editions/{kind}/{name}/confirm/{request}", editions.prepare_confirmation, Access.READER, ("POST",)),
    Page("/people", people.listing, Access.READER),
    Page("/people/{staff}", people.show, Access.READER),
    Page("/people/{staff}/{change}", people.change_form, Access.READER),
    Page("/people/{staff}/{change}", people.prepare_change, Access.READER, ("POST",)),
    Page("/directory/person", people.person_form, Access.READER),
    Page("/directory/person", people.prepare_person, Access.READER, ("POST",)),
    Page("/directory/funder", funders.form, Access.READER),
    Page("/directory/funder", funders.prepare, Access.READER, ("POST",)),
    Page("/directory/changes/{change}", people.change, Access.READER),
    Page("/directory/changes/{change}", people.prepare_confirmation, Access.READER, ("POST",)),
    Page("/propose", editing.drafts, Access.READER),
    Page("/propose", editing.begin, Access.READER, ("POST",)),
    Page("/propose/{draft}", editing.step, Access.READER),
    Page("/propose/{draft}", editing.change, Access.READER, ("POST",)),
    Page("/bulk", bulk.form, Access.READER),
    Page("/bulk", bulk.begin, Access.READER, ("POST",)),
    Page("/bulk/{batch}", bulk.show, Access.READER),
    Page("/bulk/{batch}/next", bulk.following, Access.READER),
    Page(LIVE, live.live, Access.READER),
    Page(payloads.PATH, payloads.allow, Access.ANYBODY, ("OPTIONS",), DECODINGS),
    Page(payloads.PATH, payloads.decode, Access.READER, ("POST",), DECODINGS),
    Page(payloads.TRIAL_PATH, payloads.allow, Access.ANYBODY, ("OPTIONS",), DECODINGS),
    Page(payloads.TRIAL_PATH, payloads.decode_with_token, Access.ANYBODY, ("POST",), DECODINGS),
    Page("/truths", truths.listed, Access.READER),
    Page("/truths/tell", truths.tell, Access.READER),
    Page("/truths/tell", truths.prepare_telling, Access.READER, ("POST",)),
    Page("/truths/{truth}", truths.answer, Access.READER),
    Page("/truths/{truth}", truths.prepare_answer, Access.READER, ("POST",)),
    Page("/papers/{digest}", papers.show, Access.READER),
    Page("/papers/{digest}/picture", papers.picture, Access.READER, rate=PICTURES),
    Page("/papers/{digest}/file", papers.take, Access.READER, rate=EXPORTS),
    Page("/{partnership}", partnership.show, Access.READER),
    Page("/{partnership}/report-form.xlsx", workbooks.form_of_report, Access.READER, rate=EXPORTS),
    Page("/{partnership}/{act}", deciding.form, Access.READER),
    Page("/{partnership}/{act}", deciding.prepare, Access.READER, ("POST",)),
)
SIGNING_PAGES: Final = (
    HEALTH,
    Page("/sign/{address}", signing.confirm, Access.ADDRESS),
    Page("/sign/{address}", signing.decide, Access.ADDRESS, ("POST",)),
    Page("/sign/{address}/letter", letter_choosing.picture, Access.ADDRESS, rate=PICTURES),
    Page("/enrol/{staff}", enrolling.enrol, Access.ADDRESS),
    Page("/enrol/{staff}", enrolling.keep, Access.ADDRESS, ("POST",)),
)

PATIENCE: Final = 5.0
"""Seconds that the tasks of a console get to end."""


def console_app(console: Console) -> ASGIApp:
    """Return the application of the pages."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(coroutine) for coroutine in (app.state.positions.follow(), console.prepared.forget())
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=PATIENCE)

    app = _application(console, PAGES, lifespan)
    app.state.positions, app.state.counting = live.Positions(console), counts_for
    app.add_middleware(
        SessionMiddleware, secret_key=secrets.token_hex(32), session_cookie=login.LOGIN_COOKIE, max_age=600,
        same_site="lax", https_only=True,
    )  # fmt: skip
    by_token = payloads.TRIAL_PATH.format(token=console.settings.codec_token)
    read_by = dict.fromkeys((payloads.PATH, by_token), console.settings.temporal_ui)
    refusing = refusing_with("Open the console, and decide there.")
    return Guarded(app, console.settings.origin, refusing, (console.settings.signing_origin,), read_by)


def signing_app(console: Console) -> ASGIApp:
    """Return the application that signs, and serves nothing else."""
    refusing = refusing_with("Open the console, prepare it there, and sign on the page that it leads to.")
    return Guarded(_application(console, SIGNING_PAGES), console.settings.signing_origin, refusing)


def _application(console: Console, pages: tuple[Page, ...], lifespan: Any = None) -> Starlette:
    app = application(console, TEMPLATES, pages, lifespan)
    app.state.console = console
    return app
