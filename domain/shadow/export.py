"""The export of another system as facts. None is a fact that nobody knows, and each of those is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from domain.parties import Party, PartyKind
from domain.shadow.mapping import TableName
from domain.values import Country, Ein, Money, Sha256, Value


class GrantStatus(StrEnum):
    """The other system's word on a grant."""

    APPROVED = "APPROVED"
    OPEN = "OPEN"
    """Not approved yet."""
    DECLINED = "DECLINED"


class PaymentStatus(StrEnum):
    """The other system's word on a payment."""

    PAID = "PAID"
    DUE = "DUE"
    """Not paid yet. It is judged as if it were paid on the day of the report."""
    VOID = "VOID"
    """Withdrawn: no rule judges it, and it counts nowhere."""


class UnknownWhy(StrEnum):
    """The reason why a fact is unknown."""

    NO_TABLE = "NO_TABLE"
    """The export lacks the whole table."""
    NO_COLUMN = "NO_COLUMN"
    """No column of the file holds it."""
    EMPTY = "EMPTY"
    UNREADABLE = "UNREADABLE"
    """The cell cannot be read as the fact, or its meaning is not in the mapping."""
    LATER = "LATER"
    """The day of what was decided lies after that of the report: it may be read in the wrong order."""


class UnknownFact(Value):
    """A field that is unknown in some rows, with the reason and one example of it."""

    table: TableName
    field: str
    why: UnknownWhy
    rows: int
    example: str = ""


class ExportOrganization(Value):
    """An organisation of the other system."""

    key: str
    place: str
    """The file and row in which it stands."""
    name: str | None = None
    ein: Ein | None = None
    country: Country | None = None
    kind: PartyKind | None = None
    address: str | None = None

    @property
    def party(self) -> Party | None:
        """The party that registers are asked about, or None without a name or a country.

        One of unknown kind is judged as a non-profit: of no other kind do the rules ask more of the registers.
        """
        if self.name is None or self.country is None:
            return None
        address = {"lines": [self.address]} if self.address is not None else None
        kind = self.kind or PartyKind.NONPROFIT
        content = {"name": self.name, "kind": kind, "country": self.country, "ein": self.ein, "address": address}
        return Party.model_validate(content)


class ExportGrant(Value):
    """A grant of the other system, approved or not."""

    key: str
    place: str
    organization: str | None = None
    """The key of its grantee."""
    funder: str | None = None
    money: Money | None = None
    status: GrantStatus | None = None
    proposed_by: str | None = None
    approved_on: date | None = None
    approvers: tuple[str, ...] = ()
    approver_columns: int = 0
    """The number of columns of approvers that the export has."""

    @property
    def is_decided(self) -> bool:
        """True unless the other system says that it was not approved: one of unknown status is judged as well."""
        return self.status in {None, GrantStatus.APPROVED}


class ExportPayment(Value):
    """A payment of the other system."""

    key: str
    """Its number, or its row if it has none."""
    place: str
    is_numbered: bool = True
    grant: str | None = None
    payee: str | None = None
    """The key of the organisation that was paid."""
    money: Money | None = None
    status: PaymentStatus | None = None
    paid_on: date | None = None
    account: str | None = None
    """The digest of the account or the number that it went to: the number itself is never kept."""
    paid_by: str | None = None


class ExportReport(Value):
    """A report that a grantee owes or gave."""

    key: str
    place: str
    grant: str | None = None
    due_on: date | None = None
    received_on: date | None = None


class ExportFile(Value):
    """A file of the export, by its digest."""

    table: TableName
    name: str
    sha256: Sha256
    rows: Annotated[int, Field(ge=0)]


class SystemExport(Value):
    """The tables of an export, and what is unknown in them."""

    files: tuple[ExportFile, ...]
    organizations: tuple[ExportOrganization, ...] = ()
    grants: tuple[ExportGrant, ...] = ()
    payments: tuple[ExportPayment, ...] = ()
    reports: tuple[ExportReport, ...] = ()
    unknown: tuple[UnknownFact, ...] = ()

    @cached_property
    def organization_by_key(self) -> Mapping[str, ExportOrganization]:
        """The organisations by their keys, but for keys that several rows have: nobody knows which is meant."""
        counts = Counter(organization.key for organization in self.organizations)
        return {organization.key: organization for organization in self.organizations if counts[organization.key] == 1}

    @cached_property
    def grant_by_key(self) -> Mapping[str, ExportGrant]:
        """The grants by their keys, but for keys that several rows have."""
        counts = Counter(grant.key for grant in self.grants)
        return {grant.key: grant for grant in self.grants if counts[grant.key] == 1}

    @property
    def has_reports(self) -> bool:
        """True if the export has a table of reports."""
        return any(file.table == "reports" for file in self.files)
