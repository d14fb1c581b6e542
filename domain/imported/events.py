"""The events of an import: an order that one person signs and another confirms, and one event for each record."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from domain.directory.tiers import Role
from domain.imported.orders import ImportOrder, ImportRecord
from domain.payment.counter import CounterAct
from domain.values import Moment, Sha256, Value

MAY_IMPORT: Final = frozenset({Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR})
"""The roles that sign an import, and that confirm one which another person signed."""


class ImportSigned(CounterAct):
    """Somebody signed that these partnerships of before are brought in as they are claimed. Another person confirms."""

    event_type: Literal["ImportSigned"] = "ImportSigned"
    act: ClassVar[str] = "sign_import"
    roles: ClassVar[frozenset[Role]] = MAY_IMPORT
    order: ImportOrder


class ImportConfirmed(CounterAct):
    """Another person confirmed an import: its records may be written."""

    event_type: Literal["ImportConfirmed"] = "ImportConfirmed"
    act: ClassVar[str] = "confirm_import"
    roles: ClassVar[frozenset[Role]] = MAY_IMPORT
    order_sha256: Sha256


class PartnershipImported(Value):
    """A partnership of before was brought in: what is claimed of it, and by which order. Nothing of it was checked."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["PartnershipImported"] = "PartnershipImported"
    at: Moment
    order_sha256: Sha256
    record: ImportRecord


ImportAct = ImportSigned | ImportConfirmed
"""The signed acts on an import."""

ImportEvent = ImportAct | PartnershipImported
