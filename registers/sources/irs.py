"""The Internal Revenue Service's registers of exempt organisations, in their published formats.

Sources: irs.gov/pub/irs-soi/eo-info.pdf; irs.gov, "Tax Exempt Organization Search: Bulk Data Downloads".
"""

from __future__ import annotations

from typing import Final

from registers.sources.kinds import BadRow, Fields, Kind, Register, by_ein, parse_date, piped, separated

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


MASTER_FILE: Final = Register(
    "irs-bmf",
    "IRS Exempt Organizations Business Master File",
    (
        Kind(
            "bmf",
            "Exempt Organizations Business Master File",
            _master_file,
            100_000,
            header=MASTER_FILE_FIELDS,
            plain=",",
            width=28,
            unique=True,
        ),
    ),
    tuple(f"{_MASTER_FILES}eo{part}.csv" for part in (1, 2, 3, 4)),
)
PUBLICATION_78: Final = Register(
    "irs-pub78",
    "IRS Publication 78",
    (Kind("pub78", "Publication 78", _publication_78, 100_000, plain="|", width=6),),
    (f"{_BULK_FILES}data-download-pub78.zip",),
)
REVOCATIONS: Final = Register(
    "irs-revocation",
    "IRS automatic revocation list",
    (Kind("revocation", "Automatic revocations", _revocation, 100_000),),
    (f"{_BULK_FILES}data-download-revocation.zip",),
)
ELECTRONIC_NOTICES: Final = Register(
    "irs-990n",
    "IRS Form 990-N filings",
    (Kind("990n", "Form 990-N (e-Postcard)", _electronic_notice, 100_000, plain="|", width=26),),
    (f"{_BULK_FILES}data-download-epostcard.zip",),
)
