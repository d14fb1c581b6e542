"""The identity of a bank's entry: by which it is known again, in this file and in any other."""

from __future__ import annotations

from decimal import Decimal

from domain.identity import derive
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import is_filler
from payments.answers.entries import Entry
from payments.answers.matching.matched import FileReading
from payments.answers.messages import BankNotice, booking_key


def entry_of(reading: FileReading, notice: BankNotice, about: str) -> Entry:
    """Return the entry of a statement. A booking is identified by the bank's own reference, if it has one.

    A bank may use one reference for a debit and its return, so the status is part of the identity.
    """
    common_digest = _as_stated(notice, about)
    place = (notice.message_id, notice.entry, about, common_digest if notice.statement_place else notice.digest)
    if notice.account == "":
        return Entry(derive("status", about or notice.original_message_id, notice.status, notice.digest), *place, True)
    likeness = likeness_of(notice, about)
    formerly = derive(
        "like", notice.account, notice.status, notice.amount, notice.currency, notice.booked_on, about
    ).hex
    before = notice.digest_before
    key = booking_key(notice)
    if key is not None:
        account, reference, _ = key
        booking = derive("of", account, reference, notice.status).hex
        common = {"likeness": likeness, "common_digest": common_digest, "formerly": formerly, "digest_before": before}
        return Entry(derive("booking", *key, notice.status), *place, True, booking, **common)
    # By the digest of before: a file that an earlier release took is taken again, and each of its entries is the same.
    # A statement without a number comes in many files: its bookings are those of its account and day.
    counted_in = f"{notice.statement_place} {before}" if notice.unnumbered else before
    reading.seen[counted_in] += 1
    entry_id = derive("entry", notice.unnumbered or reading.sha256, before, reading.seen[counted_in])
    return Entry(
        entry_id, *place, False, likeness=likeness, common_digest=common_digest, formerly=formerly, digest_before=before
    )


def likeness_of(notice: BankNotice, about: str) -> str:
    """Return the key that two tellings of one booking share if nothing but `about`, account and sum tells them."""
    return likeness_key(notice.account, notice.status, notice.amount, notice.currency, about)


def likeness_key(account: str, status: BankStatus, amount: Decimal | None, currency: str, about: str = "") -> str:
    """Return the same key of a booking by its account, sum and subject."""
    return derive("like", account, status, _spelled(amount), currency, about).hex


def unclear_likeness_key(account: str, movement: Decimal, currency: str) -> str:
    """Return the same key of a booking that could not be interpreted. `movement`: below zero for a debit."""
    return derive("like unclear", account, _spelled(movement), currency).hex


def _spelled(amount: Decimal | None) -> str:
    """Return an amount in one spelling, since 5000 and 5000.00 are the same."""
    return "" if amount is None else f"{amount.normalize():f}"


def _as_stated(notice: BankNotice, about: str) -> str:
    """Return the digest of what a notification and a statement of account both say of one booking.

    They differ in all else: further words, names and days. Under one reference of the bank's it is one booking.
    """
    amount = _spelled(notice.amount)
    key = (notice.account, notice.status, amount, notice.currency, notice.servicer_reference, notice.detail)
    return derive("as stated", about, *key).hex


def unclear_key(account: str, servicer_reference: str) -> str:
    """Return the key of a booking that could not be interpreted, or '' without an account and the bank's reference."""
    if not account or is_filler(servicer_reference):
        return ""
    return derive("of", account, servicer_reference, "unclear").hex
