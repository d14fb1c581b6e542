"""Traps: a row each, with the field at which it must be refused, and a word of what is said. All are invented."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple


class RowTrap(NamedTuple):
    """A row that must be refused: what is changed in it, the field that is named, and a word of the sentence."""

    changes: dict[str, Any]
    field: str
    word: str


REFUSED: Final = (
    RowTrap({"Ref": None}, "key", "it is empty"),
    RowTrap({"Ref": "n/a"}, "key", "it is empty"),
    RowTrap({"Ref": "G\u200b-3"}, "key", "U+200B"),
    RowTrap({"Ref": "G-4\ufeff"}, "key", "U+FEFF"),
    RowTrap({"Ref": "=A1"}, "key", "value was not saved"),
    RowTrap({"Ref": "G-" + "9" * 90}, "key", "at most 80"),
    RowTrap({"Title": None}, "title", "it is empty"),
    RowTrap({"Title": "abc"}, "title", "at least 5"),
    RowTrap({"Title": "a" * 121}, "title", "at most 120"),
    RowTrap({"Title": "Skills\nfor rivers"}, "title", "line break"),
    RowTrap({"Organisation": "?"}, "partner", "it is empty"),
    RowTrap({"Organisation": "River\u202ebend"}, "partner", "U+202E"),
    RowTrap({"Organisation": "#REF!"}, "partner", "fault"),
    RowTrap({"Organisation": "A" * 141}, "partner", "at most 140"),
    RowTrap({"Organisation": "\u27e6sealed\u27e7"}, "partner", "encrypted names"),
    RowTrap({"Country": "UK"}, "country", "write GB"),
    RowTrap({"Country": "Kenya"}, "country", "not an ISO 3166-1"),
    RowTrap({"Country": "us"}, "country", "not an ISO 3166-1"),
    RowTrap({"Country": None}, "country", "it is empty"),
    RowTrap({"Kind": "Charity"}, "partner_kind", "NONPROFIT"),
    RowTrap({"Kind": "INDIVIDUAL"}, "partner_kind", "names of people are sealed"),
    RowTrap({"EIN": 1000001}, "ein", "has nine"),
    RowTrap({"EIN": "1000001"}, "ein", "leading zero"),
    RowTrap({"EIN": "12345"}, "ein", "not an EIN"),
    RowTrap({"EIN": 12.5}, "ein", "not an EIN"),
    RowTrap({"EIN": "00-100000l"}, "ein", "not an EIN"),
    RowTrap({"Status": "Pending"}, "stage", "none of the mapping's words"),
    RowTrap({"Status": "active"}, "stage", "none of the mapping's words"),
    RowTrap({"Status": None}, "stage", "it is empty"),
    RowTrap({"Status": "Closed"}, "stage", "is not paid"),
    RowTrap({"Amount": "=SUM(1,2)"}, "agreed", "value was not saved"),
    RowTrap({"Amount": "1e5"}, "agreed", "is no sum"),
    RowTrap({"Amount": "50.000,00"}, "agreed", "is no sum"),
    RowTrap({"Amount": "50,00,000"}, "agreed", "is no sum"),
    RowTrap({"Amount": "EUR 50,000"}, "agreed", "is no sum"),
    RowTrap({"Amount": "(50,000)"}, "agreed", "is no sum"),
    RowTrap({"Amount": "about 50000"}, "agreed", "is no sum"),
    RowTrap({"Amount": -50000}, "agreed", "below zero"),
    RowTrap({"Amount": 50000.005}, "agreed", "decimal places"),
    RowTrap({"Amount": 1e16}, "agreed", "more than 15 digits"),
    RowTrap({"Amount": 1e15}, "agreed", "more than"),
    RowTrap({"Amount": date(2024, 1, 1)}, "agreed", "is no sum"),
    RowTrap({"Amount": True}, "agreed", "is no sum"),
    RowTrap({"Amount": None}, "agreed", "give the sum"),
    RowTrap({"Amount": 0}, "agreed", "give the sum"),
    RowTrap({"Amount": 40000}, "payments", "more than the 40000.00 agreed"),
    RowTrap({"Currency": "usd"}, "currency", "ISO 4217"),
    RowTrap({"Currency": "$"}, "currency", "ISO 4217"),
    RowTrap({"Currency": None}, "currency", "it is empty"),
    RowTrap({"Currency": "JPY", "Amount": 50000.5}, "agreed", "decimal places"),
    RowTrap({"Approved": "2024-01-15"}, "approved_on", "DD/MM/YYYY"),
    RowTrap({"Approved": "1/2/2024"}, "approved_on", "DD/MM/YYYY"),
    RowTrap({"Approved": "01/02/24"}, "approved_on", "DD/MM/YYYY"),
    RowTrap({"Approved": "31/02/2024"}, "approved_on", "DD/MM/YYYY"),
    RowTrap({"Approved": 45306}, "approved_on", "is a number and no date"),
    RowTrap({"Approved": "2024"}, "approved_on", "DD/MM/YYYY"),
    RowTrap({"Approved": date(2024, 6, 1)}, "agreed_on", "before the approval"),
    RowTrap({"Signed": "soon"}, "agreed_on", "DD/MM/YYYY"),
    RowTrap({"Ends": date(2024, 2, 1)}, "ends", "before it starts"),
    RowTrap({"Report due": "31/12/1899"}, "report_due", "no partnership"),
    RowTrap({"Purpose": "DE89 3704 0044 0532 0130 00"}, "purpose", "IBAN"),
    RowTrap({"Purpose": "=HYPERLINK(A1)"}, "purpose", "value was not saved"),
    RowTrap({"Purpose": "ab"}, "purpose", "at least 3"),
    RowTrap({"Objective": "Connect people"}, "objective", "pattern"),
    RowTrap({"Paid": None}, "payments", "write the sum"),
    RowTrap({"Paid": 60000}, "payments", "more than the 50000.00 agreed"),
    RowTrap({"Paid": "10000 USD paid"}, "payments", "is no sum"),
    RowTrap({"Paid on": "March"}, "payments", "DD/MM/YYYY"),
    RowTrap({"Paid 2024": -5000}, "payments", "below zero"),
    RowTrap({"Returned": 16000, "Open": None, "Due": None}, "returns", "more came back"),
    RowTrap({"Open": "the rest"}, "tranches", "is no sum"),
)
"""Rows that must be refused, each for its one fault."""

READ: Final[tuple[tuple[dict[str, Any], str, str], ...]] = (
    ({"Organisation": "Riverbend\u00a0Library Network "}, "partner.name", "Riverbend Library Network"),
    ({"EIN": 121000001}, "partner.ein", "121000001"),
    ({"EIN": "00 1000001"}, "partner.ein", "001000001"),
    ({"EIN": "n/a"}, "partner.ein", "None"),
    ({"Amount": "50,000.00"}, "agreed.amount", "50000.00"),
    ({"Amount": "USD 50,000"}, "agreed.amount", "50000.00"),
    ({"Amount": 50000 + 7e-12}, "agreed.amount", "50000.00"),
    ({"Approved": "15/01/2024"}, "approved_on", "2024-01-15"),
    ({"Approved": datetime(2024, 1, 15, 9, 30)}, "approved_on", "2024-01-15"),  # noqa: DTZ001
    ({"Kind": None}, "partner.kind", "None"),
    ({"Ref": 17}, "key", "17"),
    ({"Purpose": "- a list of -dashes"}, "purpose", "- a list of -dashes"),
)
"""Rows that are odd and clear: what is changed, and a fact that they must give."""
