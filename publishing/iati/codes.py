"""The codes of the IATI standard's codelists that activities use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.parties import FunderProfile, Party, PartyKind
from domain.partnership.stages import Stage
from publishing.movements import MovementKind
from publishing.schedules.regions import is_domestic

VERSION: Final = "2.03"
DAC: Final = "1"
"""The sector vocabulary of five-digit purpose codes of the OECD's Development Assistance Committee."""

FUNDING, IMPLEMENTING = "1", "4"
"""Roles of organisations."""

PLANNED_START, PLANNED_END, ACTUAL_END = "1", "3", "4"
"""Types of days of an activity."""

NATIONAL_NGO, PARTNER_NGO = "22", "24"

PUBLISHERS: Final[Mapping[FunderProfile, str]] = MappingProxyType(
    {
        FunderProfile.PUBLIC_CHARITY: NATIONAL_NGO,
        FunderProfile.SUPPORTING_ORG: NATIONAL_NGO,
        FunderProfile.PRIVATE_FOUNDATION: "60",
    }
)
"""The type of an organisation that reports."""

_PARTIES: Final[Mapping[PartyKind, str]] = MappingProxyType(
    {
        PartyKind.GOVERNMENT: "10",
        PartyKind.INTERNATIONAL_ORGANIZATION: "40",
        PartyKind.PRIVATE_COMPANY: "70",
        PartyKind.ACADEMIC: "80",
        PartyKind.INDIVIDUAL: "90",
    }
)

TRANSACTIONS: Final[Mapping[MovementKind, str]] = MappingProxyType(
    {MovementKind.COMMITMENT: "2", MovementKind.PAYMENT: "3", MovementKind.RECOVERY: "3"}
)
"""The type of each movement. What comes back, through the bank or from the grantee, is a negative disbursement."""

_STATUSES: Final[Mapping[Stage, str]] = MappingProxyType(
    {Stage.CLOSED: "4", Stage.TERMINATED: "5", Stage.WITHDRAWN: "5", Stage.DECLINED: "5"}
)
IMPLEMENTATION: Final = "2"


def type_of_party(party: Party) -> str:
    """Return the type of an organisation that implements. A charity abroad is one based in a partner country."""
    ngo = NATIONAL_NGO if is_domestic(party.country) else PARTNER_NGO
    return _PARTIES.get(party.kind, ngo)


def status_of(stage: Stage) -> str:
    """Return the status of an agreed grant. A hold changes no stage, and so no status."""
    return _STATUSES.get(stage, IMPLEMENTATION)
