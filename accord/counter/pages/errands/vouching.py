"""Errands on bank accounts: record one with its whole number, and vouch for it after calling back."""

from __future__ import annotations

from typing import Final

from accord.counter.pages.errands.errands import CallBack, RecordAccount
from accord.counter.pages.errands.words import ErrandWords, Facts
from accord.counter.pages.site import CounterSite
from accord.counter.pages.touching import TouchWanted
from accord.organisation.account_changes import changes_account, hold_for_change
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.holders import require_holder
from accord.presentation.faults import BadInput, Refused
from accord.presentation.shown_accounts import shown_account
from accord.presentation.words.values import NamesInWords, country_in_words
from accord.web.errands import ErrandOutcome
from deploy.logins import Login
from domain.payment.account_numbers import masked_account
from domain.signatures.signing import PasskeySignature
from payments.accounts import AccountDetails, UnknownAccount, find_account, record_account, reference_of

_NEW_FUNDER: Final = "a funder who is not in the directory yet: two guardians compare the holder when they enter it"
_CALL_BACK: Final = "Next: another person calls back, on a number that did not come with these details."
_AFTER_A_CHANGE: Final = " After that the agreement is signed again with it, and another person lifts the hold."


async def record(site: CounterSite, errand: RecordAccount, actor: str, touch: PasskeySignature | None) -> ErrandOutcome:
    """Record an account under its recorder's signature: its details in their table, its reference in the ledger.

    Where payments go to another one, its recorder holds the partnership by a touch before that.
    """
    desk, details = site.desk_of(Login.STAFF, touch), errand.details
    partnership, reference = None, reference_of(details)
    if errand.owner:
        await require_holder(desk, details, errand.owner)
        partnership = await desk.partnership(errand.owner)
    changing = partnership if partnership is not None and changes_account(partnership, reference) else None
    if changing is not None and await hold_for_change(desk, changing, reference, actor):
        return _held(errand.owner)
    standing = await vouch(desk, reference, actor)
    async with desk.pool.acquire() as connection:
        await record_account(connection, details, actor)
    first = standing is not None and standing.recorded_by == actor
    return ErrandOutcome(
        told="The account is recorded." if first else "This account was on record already.",
        following=_CALL_BACK + (_AFTER_A_CHANGE if changing else ""),
        back=f"/accounts/{reference.reference}",
        words="See the account",
    )


def _held(partnership_id: str) -> ErrandOutcome:
    return ErrandOutcome(
        told=f"{partnership_id} is on hold, and nothing is paid to its old account.",
        following="Next, at once: sign for the new account.",
        back="/accounts",
        words="Sign for the account",
        wants_another_touch=True,
    )


async def words_of_recording(errand: RecordAccount, wanted: TouchWanted) -> ErrandWords:
    """Return the words of an account that is about to be recorded, or of the hold that comes before it.

    The page that signs sees its last digits only.
    """
    facts = (("Of", errand.owner or _NEW_FUNDER), *_facts(errand.details))
    command = f"payments account FILE --of {errand.owner}" if errand.owner else "payments account FILE"
    if wanted.statement.act == "hold":
        return ErrandWords(
            f"You hold {errand.owner}: nothing is paid there while its bank details change. You sign for the new"
            " account after this.",
            (*facts, ("Reason of the hold", str(wanted.content["reason"]))),
            "/accounts",
            f"payments change-account {errand.owner} FILE",
        )
    return ErrandWords(
        f"You record a bank account of {errand.details.holder}. Nothing is paid to it until another person calls back.",
        (*facts, ("Reference", str(wanted.content["reference"])),
         ("SHA-256 of the details", str(wanted.content["sha256"]))),
        "/accounts",
        command,
    )  # fmt: skip


def _facts(details: AccountDetails) -> Facts:
    place = ", ".join(filter(None, (details.street, details.building, details.post_code, details.town)))
    facts = (
        ("Holder", details.holder),
        ("Account", f"ending in {masked_account(details.identifier)[-4:]}"),
        ("Bank", f"{details.bank or ''} {details.bic}".strip()),
        ("Holder's address", f"{place}, {country_in_words(details.country)}"),
    )
    return tuple((label, said) for label, said in facts if said)


async def call_back(site: CounterSite, errand: CallBack, actor: str, touch: PasskeySignature | None) -> ErrandOutcome:
    """Record that a second person called back and vouches for an account."""
    desk = site.desk_of(Login.STAFF, touch)
    try:
        async with desk.pool.acquire() as connection:
            reference = await find_account(connection, errand.reference)
    except UnknownAccount as fault:
        raise BadInput("there is no such account on record; record it first") from fault
    standing = await confirm_account(desk, reference, actor, errand.note, errand.anew, errand.number_from)
    if touch is None:
        by = NamesInWords(await desk.directory()).person(standing.called_back_last)
        raise Refused(f"{by} has vouched for this account already; nothing new was recorded")
    return ErrandOutcome(
        told="You vouched for the account.",
        following="Next: name it when the agreement is signed.",
        back=f"/accounts/{errand.reference}",
        words="See the account",
    )


async def words_of_calling_back(site: CounterSite, errand: CallBack, wanted: TouchWanted) -> ErrandWords:
    """Return the words of vouching for an account."""
    account = await shown_account(site.desk.pool, errand.reference)
    holder = account.holder if account is not None else errand.reference
    ending = f", ending in {account.last_digits}" if account is not None else ""
    place = (("Where the number stood", errand.number_from.in_words()),) if errand.number_from else ()
    return ErrandWords(
        f"You vouch for the bank account of {holder}: you called back, on a number that did not come with it.",
        (("Account", f"{errand.reference}{ending}"), ("Whom you called, and where", str(wanted.content["note"])),
         *place, ("SHA-256 of the details", str(wanted.content["sha256"]))),
        f"/accounts/{errand.reference}",
        f'payments confirm {errand.reference} --note "whom, on which number"',
    )  # fmt: skip
