"""Check the place of an account, and that its holder is the organisation that it should be (rules 3.1, 3.2, R14)."""

from __future__ import annotations

from domain.directory.directory import Directory
from domain.directory.tiers import watched_in
from domain.fault import Fault
from domain.parties import AccountReference
from domain.partnership.commands import SignAgreement
from domain.partnership.state import Partnership
from domain.screening.screened import countries_in
from ledger import clock
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, countries_of, embargo_on, find_account, read_account
from registers.matching.identity.holders import is_held_by


async def holder_fault(
    connection: Connection, account: AccountReference, *names: str, edition: str = ""
) -> Fault | None:
    """Return the fault if an account is not held in its owner's name, is embargoed or cannot be read, or None.

    `names`: the owner's legal name, and its earlier one, once a verifier checked that. `edition`: as of `is_held_by`.

    The holder's name is in no fault: bank details never enter the ledger or a history.
    """
    try:
        details = await read_account(connection, account.reference, account.sha256)
    except (UnknownAccount, AccountChanged) as fault:
        return Fault(str(fault))
    if not is_held_by(details.holder, names, edition):
        return Fault(f"account {account.reference} is held in another name than {names[0]}")
    embargo = embargo_on(details, clock.today())
    return Fault(f"account {account.reference} is in {embargo.name} ({embargo.citation})") if embargo else None


async def holders_fault(
    connection: Connection, partnership: Partnership, command: SignAgreement, directory: Directory
) -> Fault | None:
    """Return the fault if the payee's account in an agreement, or the funder's own, is held in another name."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    if out is None or command.account is None:
        return None
    funder = directory.funder(out.funder)
    fault = await holder_fault(connection, command.account, *partnership.paid_names, edition=partnership.approved_under)
    fault = fault or await watched_fault(connection, command.account, partnership, directory)
    if fault or funder is None or funder.account is None:
        return fault
    try:
        reference = await find_account(connection, funder.account)
    except UnknownAccount:
        return None  # it is asked for at the release; an agreement may be signed before
    return await holder_fault(connection, reference, funder.name)


async def watched_fault(
    connection: Connection, account: AccountReference, partnership: Partnership, directory: Directory
) -> Fault | None:
    """Return the fault if an account is in a country on the FATF's lists that the proposal does not name, or None.

    A country that it names was judged by the rules, which ask of every place that is given.
    """
    details = await read_account(connection, account.reference, account.sha256)
    unnamed_countries = {*countries_of(details)} - countries_in(partnership.proposed)
    row = next(iter(watched_in(directory.rules, unnamed_countries, clock.today())), None)
    if row is None:
        return None
    return Fault(
        f"account {account.reference} is in {row}, which the proposal does not name: amend it, so that the place is "
        "judged, or name another account"
    )
