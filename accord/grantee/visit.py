"""A visit at the door: one link in one browser, the form that it opens, and the words of its language."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accord.grantee.questions.filled import AnsweredForm, FormFiller
from accord.grantee.questions.fitting import with_fitting_faults
from accord.grantee.questions.sheet import Sheet, sheet_of
from accord.grantee.shown import ShownForm, ShownStatus, shown_form
from accord.grantee.store import FieldText, GranteeLink, OpenForm, PaperAtDoor
from accord.grantee.words import FIRST, TABLES, DoorWords

COOKIE: Final = "__Host-accord-door-{name}"
"""The cookie of one link: with its name in it, so that one browser may have several forms open."""
AGE: Final = 30 * 86400
LANGUAGE: Final = "in"
"""The field of a form, and of an address, that says in which language pages are to be."""
_COOKIE_TEXT: Final = re.compile(r"([A-Za-z0-9_-]{20,100})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Visit:
    """A visit of whoever holds a link and began in this browser."""

    link: GranteeLink
    form: OpenForm

    @cached_property
    def shown(self) -> ShownForm:
        """The part of the partnership that the form shows."""
        return shown_form(self.form.shown)

    @cached_property
    def words(self) -> DoorWords:
        """The words of the form's language."""
        return DoorWords(self.form.language)

    @cached_property
    def sheet(self) -> Sheet:
        """The form's questions."""
        return sheet_of(self.form, self.shown, self.words)

    @cached_property
    def filler(self) -> FormFiller:
        """The filler of its questions with what was written."""
        return FormFiller(self.shown, self.words)

    @property
    def status(self) -> ShownStatus:
        """The state of the matter, in the language of this link where it was pushed in several."""
        return self.shown.spoken.get(self.words.language, self.shown.status)

    async def spoken(self, form_fields: Mapping[str, Any]) -> Visit | None:
        """Return the visit in the language that a button of the page asks for, or None where none was pressed."""
        language = str(form_fields.get(LANGUAGE, ""))
        if language not in TABLES or not await self.link.speak(language):
            return None
        return Visit(self.link, self.form._replace(language=language))

    @property
    def home(self) -> str:
        """The address of its task list, without the secret."""
        return f"/form/{self.link.name}"

    @property
    def may_fill(self) -> bool:
        """True if this link may write."""
        return self.form.may != "READ"

    @property
    def may_submit(self) -> bool:
        """True if this link may hand in."""
        return self.form.may == "SUBMIT"

    async def filled(self, rows: int = 1) -> AnsweredForm:
        """Return the form as it is filled now. `rows`: the fewest rows of a table that the grantee adds rows to."""
        return self.filled_with(await self.link.drafts(self.form), await self.link.papers(self.form), rows)

    def filled_with(
        self, texts: dict[str, list[FieldText]], papers: Sequence[PaperAtDoor], rows: int = 1
    ) -> AnsweredForm:
        """Return the form as it is filled by these texts and papers."""
        form = self.filler.filled(self.sheet, texts, papers, rows)
        return with_fitting_faults(form, self.shown, self.words, self.filler.said_sum)


def new_browser() -> str:
    """Return the secret by which a browser is known to its link."""
    return secrets.token_urlsafe(32)


def known_browser(request: Request) -> str:
    """Return the secret by which this browser is known already, or '': a fresh link makes no other browser of it."""
    texts = (text for cookie, text in sorted(request.cookies.items()) if cookie.startswith(COOKIE.format(name="")))
    return next((found[2] for found in map(_COOKIE_TEXT.fullmatch, texts) if found is not None), "")


def hold(response: Response, secret: str, browser: str) -> None:
    """Let a browser hold a link: in a cookie that goes to this host alone, and that no script reads."""
    response.set_cookie(
        cookie_of(name_of(secret)),
        f"{secret}.{browser}",
        max_age=AGE,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def let_go(response: Response, name: str) -> None:
    """Let a browser forget a link, and what a script kept."""
    response.delete_cookie(cookie_of(name), path="/", secure=True, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"storage"'


def cookie_of(name: str) -> str:
    """Return the name of a link's cookie."""
    return COOKIE.format(name=name)


def name_of(secret: str) -> str:
    """Return a link's name, by which its pages have addresses. It opens nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def held_link(request: Request) -> GranteeLink | None:
    """Return the link that this browser holds for the address that it asks, or None."""
    cookie = _COOKIE_TEXT.fullmatch(request.cookies.get(cookie_of(request.path_params.get("name", "")), ""))
    return GranteeLink(request.app.state.pool, cookie[1], cookie[2]) if cookie else None


async def visit_of(request: Request) -> Visit | None:
    """Return the visit that a request belongs to, or None: no cookie, or its link opens nothing any more."""
    link = held_link(request)
    form = await link.look() if link is not None else None
    return Visit(link, form) if link is not None and form is not None and form.entered else None


def words_for(request: Request) -> DoorWords:
    """Return the words for somebody whose form is not known: as they chose, or as their browser asks for."""
    chosen = request.query_params.get(LANGUAGE, "")
    for language in chosen, *request.headers.get("accept-language", "").split(","):
        if language.strip()[:2].lower() in TABLES:
            return DoorWords(language.strip()[:2].lower())
    return DoorWords(FIRST)


Inside = Callable[[Request, Visit], Awaitable[Response]]
Facts = dict[str, Any]
