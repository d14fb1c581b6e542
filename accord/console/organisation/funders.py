"""The form of a funder: the legal person whose money and law apply, and the account that it pays from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import Field, said
from accord.console.organisation.fault_words import faults_in_words
from accord.console.organisation.preparing import ActPage, act_page, given, to_sign, waiting_change
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.shown_accounts import every_account
from accord.presentation.words.organisation.directory import PROFILES
from domain.directory.directory import Directory
from domain.directory.people import FunderRegistered
from domain.parties import Funder

_ACCOUNT: Final = Field("account", "The account that it pays from", "Its number in our record, such as BA-….", "line")
_FIELDS: Final = (
    Field("name", "Its name", kind="line"),
    Field("funder_id", "Its short name", "Capitals, such as ISOC.", "line"),
    Field("profile", "What it is to the tax office", kind="choice",
          choices=tuple((profile.value, words) for profile, words in PROFILES.items())),
    Field("ein", "US tax number", "Nine digits; empty if it has none.", "line"),
)  # fmt: skip
_LEAD: Final = (
    "A funder's law decides which rules apply to what it pays. What you enter of one that is there takes its place.",
    "Two guardians, directors or auditors, sign it.",
)


async def form(request: Request) -> Response:
    """Show the form of a funder: of a new one, or of the one that the address names."""
    directory = await request.app.state.console.desk.directory()
    funder = directory.funder(request.query_params.get("of", ""))
    return await _form(request, _answers(funder) if funder is not None else {})


def _answers(funder: Funder) -> dict[str, list[str]]:
    names = ("name", "funder_id", "profile", "account", "ein")
    return {name: [str(value)] for name in names if (value := getattr(funder, name)) is not None}


async def _form(request: Request, answers: Mapping[str, list[str]], fault: Exception | None = None) -> Response:
    console: Console = request.app.state.console
    accounts = tuple((account.reference, account.words) for account in await every_account(console.desk.pool))
    account = replace(_ACCOUNT, kind="choice", hint="", choices=accounts) if accounts else _ACCOUNT
    return act_page(request, ActPage("Enter a funder", (*_FIELDS, account), "/people", _LEAD), answers, fault)


async def prepare(request: Request) -> Response:
    """Prepare the entry of a funder, and lead to the page that signs it."""
    console, answers = request.app.state.console, await given(request)
    try:
        facts = _facts(await console.desk.directory(), answers)
        return await to_sign(console, await waiting_change(console, request.state.reader, facts))
    except (BadInput, Refused) as fault:
        return await _form(request, answers, fault)


def _facts(directory: Directory, answers: Mapping[str, list[str]]) -> tuple[FunderRegistered, ...]:
    """Return the fact that enters a funder, with what is known of it beside the form, or none if nothing changes."""
    before = directory.funder(said(answers, "funder_id"))
    content: dict[str, Any] = before.model_dump() if before is not None else {}
    content |= {name: said(answers, name) for name in ("name", "funder_id", "profile", "account")}
    content["ein"] = said(answers, "ein").replace("-", "") or None
    if not content["account"]:
        raise BadInput("account: write the number of the account in our record, such as BA-W7SW7OMSGC5X")
    try:
        funder = Funder.model_validate(content)
    except ValidationError as wrong:
        raise BadInput(faults_in_words(wrong)) from None
    return (FunderRegistered(funder=funder),) if funder != before else ()
