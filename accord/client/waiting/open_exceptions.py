"""The exceptions that the bank's word raised, by what was signed of each, and what people must do with them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence, earliest_end
from accord.audit.bank.bank_tables import raised_exceptions
from accord.client.desk import Desk
from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from domain.payment.account_numbers import masked
from domain.payment.bank_answers import BankStatus, ExceptionKind
from domain.payment.bank_file import BankException
from payments.answers.exceptions import RaisedException, exception_name, read_exceptions


async def listed_exceptions(
    desk: LedgerAccess, in_full: bool = False, excerpts: Mapping[UUID, tuple[str, str]] | None = None
) -> list[RaisedException]:
    """Return the exceptions that are open by what was signed of them, or all, oldest first.

    `excerpts`: (name of the bank's file, its words in one line) of each, which stand in no stream. They are read from
    the table if they are not given.
    """
    exceptions_by_id, evidence = await raised_exceptions(desk.reader), BankEvidence(desk.reader)
    if excerpts is None:
        async with desk.pool.acquire() as connection:
            rows = await read_exceptions(connection, with_history=True)
        excerpts = {row.exception_id: (row.file_name, row.content) for row in rows}
    selection = {
        exception_id: exception
        for exception_id, exception in exceptions_by_id.items()
        if in_full or exception.standing is None
    }
    exceptions = [
        _listed(
            exception_id,
            exception,
            excerpts.get(exception_id, ("", exception.raised.content)),
            await _next_step(evidence, exception_id, exception),
        )
        for exception_id, exception in selection.items()
    ]
    return sorted(exceptions, key=lambda exception: (exception.raised_at, exception.exception_id))


def _listed(
    exception_id: UUID, bank_exception: BankException, excerpt: tuple[str, str], next_step: str
) -> RaisedException:
    raised_event, act = bank_exception.raised, bank_exception.standing
    file_name, content = excerpt
    return RaisedException(
        exception_id=exception_id,
        kind=raised_event.exception,
        partnership=raised_event.partnership_id or "",
        file_name=file_name,
        reason=masked(raised_event.reason),
        content=masked(content),
        raised_at=raised_event.at,
        resolved_at=act.at if act is not None else None,
        next_step=next_step,
    )


async def _next_step(evidence: BankEvidence, exception_id: UUID, bank_exception: BankException) -> str:
    """Return the next step of people on an open exception, or '' for one that is resolved."""
    if bank_exception.standing is not None:
        return ""
    resolve_command = f"accord payments resolve {exception_name(exception_id)}"
    answer, any_kind = bank_exception.raised.answer, f"{resolve_command} --kind KIND --note NOTE --as STAFF"
    is_other = bank_exception.raised.exception is ExceptionKind.OTHER_CONTENT
    if is_other and answer is not None and answer.is_booking and answer.status is BankStatus.RETURNED:
        return (
            "if it is that payment, two of finance or directors who had no part in it say so, if it was exchanged "
            "with how much is back, where that is not by the rate of its booking (--came-back SUM): "
            f"{resolve_command} --kind belongs-to --note NOTE --as STAFF; else: {any_kind}"
        )
    if is_other and answer is not None and answer.is_booking:
        return (
            "if it is that payment, in another currency or with the bank's charges, two of finance or directors who "
            "had no part in it say so, and it counts at the sum that the bank says it was told to pay, or else at the "
            "instructed sum: "
            f"{resolve_command} --kind booked-with-difference --note NOTE --as STAFF; else: {any_kind}"
        )
    if answer is None or answer.status is not BankStatus.REJECTED:
        return any_kind
    earliest = earliest_end(await evidence.files_of(answer))
    since = f"from {earliest:%Y-%m-%d} on, " if earliest is not None else ""
    return (
        f"{since}two of finance or directors who had no part in it say that nothing was booked, with the bank's letter:"
        f" {resolve_command} --kind nothing-booked --word LETTER --note NOTE --as STAFF; a repetition is told-before"
    )


async def named_exception(desk: Desk, name: str) -> RaisedException:
    """Return the exception with a name, given in full or by a unique prefix of at least 4 characters after "EX-".

    Raises:
        BadInput: No exception, or more than one, has a name with this prefix.
    """
    prefix = name.upper().removeprefix("EX-").replace("-", "")
    exceptions = await listed_exceptions(desk, in_full=True)
    raised_exceptions = [
        exception
        for exception in exceptions
        if len(prefix) >= 4 and exception.exception_id.hex.upper().startswith(prefix)
    ]
    if len(raised_exceptions) != 1:
        raise BadInput(
            f"{name!r} names {len(raised_exceptions) or 'none'} of the exceptions; see `accord payments exceptions`,"
            " and `accord payments entries --open`"
        )
    return raised_exceptions[0]
