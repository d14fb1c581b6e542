"""The registers' evidence on a body's status before the tax: rows as published, names compared, and all of one EIN."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.screening.identity import IdentityEvidence
from domain.screening.sources import RegisterVersion, Source
from domain.values import (
    Moment,
    Since,
    Value,
    is_empty,
    is_none,
)


class MasterFileEntry(Value):
    """A row of the IRS Exempt Organizations Business Master File (irs.gov/pub/irs-soi/eo-info.pdf)."""

    name: str
    state: str
    subsection: str
    foundation: str
    deductibility: str
    status: str
    affiliation: str
    group_number: str
    source: Source
    revenue: Annotated[Decimal | None, Since("2026.4"), Field(exclude_if=is_none)] = None
    """The last reported yearly revenue, or else income, in USD (REVENUE_AMT, INCOME_AMT), or None if it has neither."""
    filing: Annotated[str, Since("2026.4"), Field(exclude_if=is_empty)] = ""
    """The return that it must file (FILING_REQ_CD)."""


class Publication78Entry(Value):
    """A row of IRS Publication 78: organisations that may receive deductible contributions."""

    name: str
    codes: tuple[str, ...]
    source: Source


class RevocationEntry(Value):
    """A row of the automatic revocation list (IRC 6033(j)). The posting date ends reliance (Rev. Proc. 2018-32)."""

    name: str
    effective_on: date
    posted_on: date
    reinstated_on: date | None
    source: Source

    def in_force(self, as_of: date) -> bool:
        """True if the revocation is in force on a day: posted by then and not reinstated by then."""
        return self.posted_on <= as_of and (self.reinstated_on is None or self.reinstated_on > as_of)


def newest_posted(revocations: tuple[RevocationEntry, ...], as_of: date) -> RevocationEntry | None:
    """Return the revocation that applies on a day, the latest posted by then, or None (rules 2.3, PUBLIC view)."""
    entries = [entry for entry in revocations if entry.posted_on <= as_of]
    return max(entries, key=lambda entry: (entry.effective_on, entry.posted_on), default=None)


class NameEvidence(Value):
    """The comparison of one of the payee's names with a name that a register lists for its number (rules 3.1)."""

    given: str
    registered: str
    further: bool
    """True if the payee gives it as a further name: such a name confirms nothing by itself."""
    confirms: bool
    explanation: str
    """A description of what agrees and what does not."""


class StatusEvidence(Value):
    """All entries of the registers in force on one EIN, and the versions that were asked."""

    ein: str
    asked: tuple[RegisterVersion, ...]
    asked_at: Moment
    master_file: MasterFileEntry | None = None
    publication78: tuple[Publication78Entry, ...] = ()
    revocations: tuple[RevocationEntry, ...] = ()
    name_agreement: float = 0.0
    """The agreement of the payee's name with the registered one, 0 to 100: what editions before 2026.4 asked."""
    names: Annotated[tuple[NameEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The comparisons of the payee's name with each registered one, and of its further names that a register lists."""
    known_as: Annotated[tuple[str, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """Every name that a register gives for the EIN, each once."""

    identity: Annotated[tuple[IdentityEvidence, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The same comparisons with the address, and with other numbers that have the name."""

    @property
    def found(self) -> bool:
        """True if a register of exempt organisations lists the EIN."""
        return self.master_file is not None or bool(self.publication78)

    @property
    def codes(self) -> frozenset[str]:
        """All Publication 78 status codes listed for the EIN."""
        return frozenset(code for entry in self.publication78 for code in entry.codes)


class SupportedEvidence(Value):
    """The registers' evidence on a party that gets the payee's money in turn, or whose project the payee takes on."""

    party: str
    """Its name, as the proposal has it."""
    status: StatusEvidence
    central: StatusEvidence | None = None
    """The evidence on the central organisation of its group."""
