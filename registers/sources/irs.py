"""The Internal Revenue Service's registers of exempt organisations, in their published formats.

Sources: irs.gov/pub/irs-soi/eo-info.pdf; irs.gov, "Tax Exempt Organization Search: Bulk Data Downloads".
"""

from __future__ import annotations

from typing import Final

from registers.sources.kinds import BadRow, Fields, FileKind, Register, by_ein, parse_date, piped, separated
from registers.sources.shapes import NAMED, Shape, column

_MASTER_FILES: Final = "https://www.irs.gov/pub/irs-soi/"
_BULK_FILES: Final = "https://apps.irs.gov/pub/epostcard/"

MASTER_FILE_FIELDS: Final = (
    "EIN,NAME,ICO,STREET,CITY,STATE,ZIP,GROUP,SUBSECTION,AFFILIATION,CLASSIFICATION,RULING,DEDUCTIBILITY,FOUNDATION,"
    "ACTIVITY,ORGANIZATION,STATUS,TAX_PERIOD,ASSET_CD,INCOME_CD,FILING_REQ_CD,PF_FILING_REQ_CD,ACCT_PD,ASSET_AMT,"
    "INCOME_AMT,REVENUE_AMT,NTEE_CD,SORT_NAME"
)


def _master_file(line: str) -> Fields:
    return by_ein(separated(line, 28))


def _publication_78(line: str) -> Fields:
    return by_ein(piped(line, 6))


def _revocation(line: str) -> Fields:
    fields = by_ein(piped(line, 12))
    if parse_date(fields[9]) is None or parse_date(fields[10]) is None:
        raise BadRow("revocation or posting date is missing")
    parse_date(fields[11])
    return fields


def _electronic_notice(line: str) -> Fields:
    return by_ein(piped(line, 26))


_PLACES: Final = "[A-Z]{2}|"
"""A state's code, empty abroad."""

_MASTER_COLUMNS: Final = (
    column(1, "NAME", NAMED),
    column(4, "CITY", NAMED),
    column(5, "STATE", _PLACES),
    column(8, "SUBSECTION", "[0-9]{2}"),
    column(9, "AFFILIATION", "[0-9]"),
    column(10, "CLASSIFICATION", "[0-9]{4}"),
    column(11, "RULING", "[0-9]{6}"),
    column(12, "DEDUCTIBILITY", "[0-9]"),
    column(13, "FOUNDATION", "[0-9]{2}"),
    column(15, "ORGANIZATION", "[0-9]"),
    column(16, "STATUS", "[0-9]{2}"),
    column(20, "FILING_REQ_CD", "[0-9]{2}"),
    column(21, "PF_FILING_REQ_CD", "[0-9]"),
    column(22, "ACCT_PD", "[0-9]{2}"),
)
_PUBLICATION_COLUMNS: Final = (
    column(1, "the name", NAMED),
    column(3, "the state", _PLACES),
    column(4, "the country", NAMED),
    column(5, "the deductibility status", "[A-Z]+(,[A-Z]+)*"),
)


def _posted(fields: Fields) -> bool:
    day, posting_day = parse_date(fields[9]), parse_date(fields[10])
    return day is not None and posting_day is not None and day <= posting_day


_REVOCATION_COLUMNS: Final = (
    column(1, "the name", NAMED),
    column(5, "the state", _PLACES),
    column(7, "the country", "[A-Z]{2}|"),
    column(8, "the exemption type", "[0-9]{2}|"),
    Shape("the day of posting", lambda fields: fields[10], _posted),
)
_NOTICE_COLUMNS: Final = (column(1, "the tax year", "[0-9]{4}"), column(2, "the name", NAMED))

MASTER_FILE: Final = Register(
    "irs-bmf",
    "IRS Exempt Organizations Business Master File",
    (
        FileKind(
            "bmf",
            "Exempt Organizations Business Master File",
            _master_file,
            100_000,
            header=MASTER_FILE_FIELDS,
            plain=",",
            width=28,
            unique=True,
            shapes=_MASTER_COLUMNS,
            named=1,
            second_named=27,
        ),
    ),
    tuple(f"{_MASTER_FILES}eo{part}.csv" for part in (1, 2, 3, 4)),
)
PUBLICATION_78: Final = Register(
    "irs-pub78",
    "IRS Publication 78",
    (
        FileKind(
            "pub78",
            "Publication 78",
            _publication_78,
            100_000,
            plain="|",
            width=6,
            shapes=_PUBLICATION_COLUMNS,
            named=1,
        ),
    ),
    (f"{_BULK_FILES}data-download-pub78.zip",),
)
REVOCATIONS: Final = Register(
    "irs-revocation",
    "IRS automatic revocation list",
    (FileKind("revocation", "Automatic revocations", _revocation, 100_000, shapes=_REVOCATION_COLUMNS),),
    (f"{_BULK_FILES}data-download-revocation.zip",),
)
ELECTRONIC_NOTICES: Final = Register(
    "irs-990n",
    "IRS Form 990-N filings",
    (
        FileKind(
            "990n",
            "Form 990-N (e-Postcard)",
            _electronic_notice,
            100_000,
            plain="|",
            width=26,
            shapes=_NOTICE_COLUMNS,
        ),
    ),
    (f"{_BULK_FILES}data-download-epostcard.zip",),
)

REGISTERS: Final = (MASTER_FILE, PUBLICATION_78, REVOCATIONS, ELECTRONIC_NOTICES)
