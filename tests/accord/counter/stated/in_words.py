"""BAI2 and CSV statements of the account that pays in tests, invented, as banks write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from accord.client.desk import Desk
from accord.counter.statements.csv_import import CsvImport, import_csv
from accord.counter.statements.mappings import confirm_mapping, propose_mapping
from domain.payment.mapping import Columns, StatementMapping
from payments.accounts import reference_of
from tests.accord.counter.files import PAYER
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.bai2.files import account, file, group
from tests.payments.orders import ISOC

FINANCE = "femi.ade"
OWN = reference_of(ISOC).reference
COLUMNS = Columns(booked_on="Date", amount="Amount", balance="Balance", text="Text")
MAPPING = StatementMapping(columns=COLUMNS, currency="USD")
WITH_REFERENCE = StatementMapping(columns=COLUMNS.model_copy(update={"reference": "Ref"}), currency="USD")


def yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


def out(words: str, units: int = 100_000, code: str = "455", bank: str = "", customer: str = "") -> str:
    """A debit of yesterday in BAI2, in cents."""
    return f"16,{code},{units},Z,{bank},{customer},{words}/"


def bai2(*entries: str, closing: str = "400000", modifier: str = "2", status: str = "1") -> bytes:
    """The BAI2 file of yesterday. The account opens with 5,000."""
    day = account("500000", closing, *entries, number=ISOC.iban or "")
    return file(group(day, on=yesterday(), modifier=modifier, status=status))


def csv(*rows: tuple[str, str, str], before: int = 0) -> bytes:
    """Rows of yesterday with sum, balance and text, after so many empty days."""
    day = str(yesterday())
    earlier = [(str(yesterday() - timedelta(days=each + 1)), "0.00", "5000.00", "") for each in reversed(range(before))]
    lines = [("Date", "Amount", "Balance", "Text", "Ref"), *((*row, "-") for row in earlier)]
    lines += [(day, *row, "-") for row in rows]
    return "\n".join(",".join(line) for line in lines).encode()


async def stands(desk: Desk, mapping: StatementMapping = MAPPING) -> None:
    """Two of finance sign a mapping."""
    await propose_mapping(desk, OWN, mapping, FINANCE)
    await confirm_mapping(desk, OWN, mapping.sha256[:8], PAYER)


async def brought_in(desk: Desk, content: bytes, actor: str = FINANCE) -> CsvImport:
    return await import_csv(desk, "days.csv", content, OWN, actor)


def camt_053(*entries: str, closing: str = "4000.00") -> bytes:
    """The camt.053 of yesterday."""
    made = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
    return message(statement("5000.00", closing, *entries, on=yesterday())).replace(b"2026-11-03T22:00:00Z", made)
