"""An invented table of partnerships of before, as large as is asked for: the same seed gives the same table."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import xlsxwriter

from domain.imported.mapping import ImportMapping

HEADINGS: Final = (
    "Ref", "Title", "Organisation", "Country", "EIN", "Status", "Amount", "Currency", "Approved", "Signed", "Starts",
    "Ends", "Purpose", "Paid", "Paid on", "Open", "Due",
)  # fmt: skip
_FIELDS: Final = {
    "key": "Ref", "title": "Title", "partner": "Organisation", "country": "Country", "ein": "EIN", "stage": "Status",
    "agreed": "Amount", "currency": "Currency", "approved_on": "Approved", "agreed_on": "Signed", "starts": "Starts",
    "ends": "Ends", "purpose": "Purpose",
}  # fmt: skip
_SYLLABLES: Final = tuple(f"{first}{second}" for first in "bdfglmnprstv" for second in "aeiou")
_BODIES: Final = ("Reading Circle", "Village Network", "Learning Guild", "Open Workshop", "Radio Collective")
_FIRST_DAY: Final = date(2023, 1, 2)


def big_table(count: int, seed: int) -> bytes:
    """Return a workbook with so many partnerships, in which nothing is wrong and no two partners are alike."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Grants")
    sheet.write_row(0, 0, HEADINGS)
    for number, row in enumerate(_rows(count, seed), 1):
        sheet.write_row(number, 0, [row[heading] for heading in HEADINGS])
    book.close()
    return written.getvalue()


def big_mapping() -> ImportMapping:
    """Return the mapping of its columns."""
    fields: dict[str, Any] = {name: {"column": heading} for name, heading in _FIELDS.items()}
    fields["stage"]["values"] = {"Active": "IN_FORCE", "Closed": "ENDED"}
    fields |= {"direction": {"constant": "FUNDS_OUT"}, "funder": {"constant": "ISOC"}}
    return ImportMapping.model_validate(
        {
            "source": "grants-database",
            "first_reference": "P-2026-10001",
            "fields": fields,
            "payments": [{"amount": "Paid", "on": "Paid on"}],
            "tranches": [{"amount": "Open", "on": "Due"}],
        }
    )


def _rows(count: int, seed: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)
    for number in range(1, count + 1):
        approved = _FIRST_DAY + timedelta(days=chance.randrange(900))
        agreed, closed = chance.randrange(2_000, 90_000), chance.random() < 0.4
        paid = agreed if closed else agreed // 2
        yield {
            "Ref": f"G-{number}",
            "Title": f"Connecting {_word(chance)} and {_word(chance)}",
            "Organisation": f"{_word(chance)} {_word(chance)} {chance.choice(_BODIES)} {number}",
            "Country": chance.choice(("US", "KE", "PE", "DE", "IN")),
            "EIN": f"00-{number:07}",
            "Status": "Closed" if closed else "Active",
            "Amount": agreed,
            "Currency": "USD",
            "Approved": approved,
            "Signed": approved + timedelta(days=20),
            "Starts": approved + timedelta(days=30),
            "Ends": approved + timedelta(days=700),
            "Purpose": f"Trainers, tablets and connections for {chance.randrange(2, 40)} places",
            "Paid": paid,
            "Paid on": approved + timedelta(days=40),
            "Open": None if closed else agreed - paid,
            "Due": None if closed else approved + timedelta(days=600),
        }


def _word(chance: random.Random) -> str:
    return "".join(chance.sample(_SYLLABLES, 3)).capitalize()
