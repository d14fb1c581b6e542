"""Import a bank's own CSV as statements of an account, by the mapping that stands."""

from __future__ import annotations

from typing import NamedTuple

from accord.client.desk import Desk
from accord.client.waiting.account_statements import details_of_own, kept_on
from accord.client.waiting.mappings import mappings_on
from accord.counter.bank_import import Import, keep_signed, take_all
from accord.presentation.faults import BadInput, Refused
from domain.payment.balance import bank_zone, day_fault
from domain.payment.bank_file import CsvReading
from domain.payment.continuity import breaks
from domain.payment.mapping import StatementMapping
from domain.recorded.writers import Writer
from ledger import clock
from payments.answers.account_statements import AccountStatement
from payments.answers.bank_files import bank_file
from payments.answers.csv.statements import read_csv
from payments.answers.messages import UnreadableMessage


class CsvImport(NamedTuple):
    """The result of importing a CSV."""

    mapping: StatementMapping
    statements: tuple[AccountStatement, ...]
    left_out: int
    """The days at its end that are not over at the bank. They come with a later export."""
    heard: Import
    """What payments heard of its rows."""


async def import_csv(desk: Desk, name: str, content: bytes, reference: str, actor: str) -> CsvImport:
    """Store a bank's CSV under its importer's signature, with the statements of the days in it that are over.

    Payments hear their bookings in it, as in any statement.

    Raises:
        BadInput: The file is not what the mapping says; nothing was recorded.
        Refused: No mapping stands, the file does not go on from what is on record, or the person may not import.
    """
    mapping = (await mappings_on(desk, reference)).standing
    details = await details_of_own(desk, reference)
    if mapping is None or details is None:
        raise Refused(
            f"no mapping of a CSV stands for {reference}: `accord payments mapping propose`, and another person's"
            " `accord payments mapping confirm`",
            "NoMapping",
        )
    try:
        statements = read_csv(content, name, mapping, details)
    except UnreadableMessage as fault:
        raise BadInput(f"{fault}; nothing of it was recorded") from fault
    zone, now = bank_zone((await desk.directory()).rules), clock.now()
    over = tuple(statement for statement in statements if not day_fault(statement.balances.closed_on, now, zone))
    if not over:
        raise Refused(f"{name} tells of no day that is over at the bank; export it again tomorrow", "DayNotOver")
    await _require_goes_on(desk, name, reference, over)
    way = CsvReading(account=reference, mapping=mapping.sha256)
    file = bank_file(name, content)
    await keep_signed(desk, file, actor, Writer.IMPORTER, read_as=way, statements=over)
    return CsvImport(mapping, over, len(statements) - len(over), await take_all(desk, file))


async def _require_goes_on(desk: Desk, name: str, reference: str, statements: tuple[AccountStatement, ...]) -> None:
    """Raise Refused for a CSV that breaks the chain. It names no account: it may be another's, chosen by mistake."""
    chain = [statement.balances for statement in await kept_on(desk, reference)]
    before = set(breaks(chain))
    longer = [*chain, *(statement.balances for statement in statements)]
    faults = [fault for fault in breaks(longer) if fault not in before]
    if faults:
        raise Refused(
            f"{name} does not go on from the statements of {reference}: {faults[0]}. A CSV names no account: see"
            " that it is this one's, and export all days since the last statement",
            "StatementMissing",
        )
