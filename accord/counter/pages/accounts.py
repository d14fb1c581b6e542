"""The pages of bank accounts: here, and nowhere else, whole numbers are in sight, and each sight is a look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import asyncpg
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from accord.counter.pages.errands.errands import CallBack, RecordAccount
from accord.counter.pages.preparing import lead_to_signing
from accord.counter.pages.site import CounterSite
from accord.presentation.called_numbers import place_from
from accord.presentation.faults import BadInput, Failure, Refused
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords, country_in_words
from accord.web.pages import page
from deploy.logins import Login
from domain.directory.directory import role_fault
from domain.payment.account import MAY_VOUCH, AccountStanding
from ledger import clock
from payments.accounts import AccountChanged, AccountDetails, UnknownAccount, find_account, read_account

_PLACE: Final = ("partnership", "contact", "register_entry", "number")


class Asked(NamedTuple):
    """A field of the form of an account."""

    name: str
    label: str
    hint: str = ""
    is_needed: bool = True


FIELDS: Final = (
    Asked("owner", "Whose account it is", "The partnership whose payee holds it, such as P-2026-0042, or a funder."),
    Asked("holder", "Account holder", "The legal name, as the bank has it."),
    Asked("iban", "IBAN", "Where the country has one.", is_needed=False),
    Asked("number", "Account number", "Where the country has no IBAN.", is_needed=False),
    Asked("bic", "BIC of the bank", "8 or 11 signs, such as KCBLKENX."),
    Asked("bank", "Name of the bank", "Only where nobody knows the BIC.", is_needed=False),
    Asked("street", "Street", is_needed=False),
    Asked("building", "House number", is_needed=False),
    Asked("post_code", "Post code", is_needed=False),
    Asked("town", "Town"),
    Asked("country", "Country", "Two letters, such as KE."),
)
"""The fields of the form, in their order."""
NEW_FUNDER: Final = "new_funder"
"""The tick that says whose account it is where the directory does not name them yet."""
_LISTED: Final = """
SELECT reference, holder, last_digits, country, recorded_at FROM console.accounts ORDER BY recorded_at DESC LIMIT 200
"""


class AccountLine(NamedTuple):
    """An account in the list: by its last digits."""

    reference: str
    holder: str
    last_digits: str
    country: str
    day: str
    recorded_by: str
    vouched_by: str


async def show_all(request: Request) -> Response:
    """Show the accounts by their last digits, the newest first, and the form of a new one."""
    return await _listed(request, {}, {}, 200)


async def _listed(
    request: Request, given: Mapping[str, str], faults: Mapping[str, str], status: int, problem: str = ""
) -> Response:
    site: CounterSite = request.app.state.site
    names, desk = NamesInWords(await site.desk.directory()), site.desk_of(Login.STAFF, client=False)
    lines = []
    for row in await desk.pool.fetch(_LISTED):
        standing = await desk.registrar.standing(row["reference"])
        lines.append(_line(row, standing, names))
    await site.looked_at(request.state.reader, "accounts")
    context = {"lines": lines, "fields": FIELDS, "given": given, "faults": faults, "problem": problem}
    return page(request, "accounts.html", context, status)


def _line(row: asyncpg.Record, standing: AccountStanding | None, names: NamesInWords) -> AccountLine:
    vouched_by = standing.called_back_last if standing is not None else ""
    return AccountLine(
        row["reference"],
        row["holder"],
        row["last_digits"],
        country_in_words(row["country"]),
        day_in_words(row["recorded_at"]),
        names.person(standing.recorded_by) if standing is not None else "nobody signed it",
        names.person(vouched_by) if vouched_by else "",
    )


async def record(request: Request) -> Response:
    """Prepare the record of an account. What is wrong stands beside its field, and no typed text is lost."""
    form = await request.form()
    names = (*(asked.name for asked in FIELDS), NEW_FUNDER)
    given = {name: str(form.get(name) or "").strip() for name in names}
    fault = _owner_fault(given)
    faults = {"owner": fault} if fault else {}
    try:
        details = AccountDetails.model_validate(
            {name: text for name, text in given.items() if text and name not in {"owner", NEW_FUNDER}}
        )
    except ValidationError as fault:
        return await _listed(request, given, {**faults, **_faults(fault)}, 422, "Nothing was recorded")
    if faults:
        return await _listed(request, given, faults, 422, "Nothing was recorded")
    try:
        return await lead_to_signing(request, RecordAccount(details=details, owner=given["owner"]))
    except Failure as fault:
        if str(fault).startswith(_OWNER):
            faults = {"owner": "say whose it is: a partnership with a payee, or one of our funders"}
            return await _listed(request, given, faults, 422, "Nothing was recorded")
        directory = await request.app.state.site.desk.directory()
        return await _listed(request, given, {}, 422, refusal_in_words(fault, NamesInWords(directory)))


_OWNER: Final = "--of: "
"""The beginning of a fault that is about whose account it is."""


def _owner_fault(given: Mapping[str, str]) -> str:
    """Return what is wrong with the words on whose account it is, or ''."""
    if given[NEW_FUNDER]:
        return "leave this empty, or take the tick away: a new funder has no name here yet" if given["owner"] else ""
    return "" if given["owner"] else "say whose it is, or tick that it is of a funder who is not entered yet"


def _faults(fault: ValidationError) -> dict[str, str]:
    """Return the faults, by the name of the field. A fault of several stands beside the number."""
    told = dict[str, str]()
    for error in fault.errors():
        name = str(error["loc"][0]) if error["loc"] else "number"
        words = "this is needed" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
        told.setdefault(name, words)
    return told


async def show(request: Request) -> Response:
    """Show one account: with its whole number to whoever may vouch for it, which is a look of its own."""
    site: CounterSite = request.app.state.site
    reference, reader = request.path_params["reference"], request.state.reader
    desk, directory = site.desk_of(Login.STAFF, client=False), await site.desk.directory()
    details, standing = await _details(site, reference), await desk.registrar.standing(reference)
    may_vouch = role_fault(directory, reader, "vouch for an account", MAY_VOUCH, clock.today()) is None
    await site.looked_at(reader, f"the whole number of {reference}" if may_vouch else f"account {reference}")
    names = NamesInWords(directory)
    context = {
        "reference": reference,
        "details": details,
        "country": country_in_words(details.country),
        "may_vouch": may_vouch,
        "standing": standing,
        "recorded_by": names.person(standing.recorded_by) if standing is not None else "",
        "vouched_by": names.person(standing.called_back_last) if standing and standing.called_back_last else "",
        "is_own": standing is not None and standing.recorded_by == reader,
    }
    return page(request, "account.html", context)


async def _details(site: CounterSite, reference: str) -> AccountDetails:
    try:
        async with site.pools[Login.STAFF].acquire() as connection:
            account = await find_account(connection, reference)
            return await read_account(connection, account.reference, account.sha256)
    except UnknownAccount as fault:
        raise BadInput("there is no such account on record; see the list of accounts") from fault
    except AccountChanged as fault:
        raise Refused("the details on record are not those that somebody signed for: tell an operator") from fault


async def call_back(request: Request) -> Response:
    """Prepare the word of whoever called back."""
    form = await request.form()
    note = str(form.get("note") or "").strip()
    if not note:
        raise BadInput("note: write whom you called, by their role, and on which number")
    errand = CallBack(
        reference=request.path_params["reference"],
        note=note,
        anew=form.get("anew") == "yes",
        number_from=place_from({field: str(form.get(field) or "") for field in _PLACE}),
    )
    return await lead_to_signing(request, errand)
