"""Who takes part: partners, payees, donors and the funder entities whose law applies to the money."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.values import Country, Ein, FunderId, Printable, Sha256, Value

Name = Annotated[str, StringConstraints(min_length=2, max_length=140), Printable]


class PartyKind(StrEnum):
    """What a party says it is. All are welcome as partners; only the payee of money out is tested (R2)."""

    NONPROFIT = "NONPROFIT"
    GOVERNMENT = "GOVERNMENT"
    INTERNATIONAL_ORGANIZATION = "INTERNATIONAL_ORGANIZATION"
    ACADEMIC = "ACADEMIC"
    CHURCH = "CHURCH"
    PRIVATE_COMPANY = "PRIVATE_COMPANY"
    INDIVIDUAL = "INDIVIDUAL"


class Party(Value):
    """An organisation or person in a partnership, as the proposal describes it."""

    name: Name
    kind: PartyKind
    country: Country
    ein: Ein | None = None
    also_known_as: tuple[Name, ...] = ()


class FunderProfile(StrEnum):
    """The part of US tax law that governs a funder (rules table 2.1)."""

    PUBLIC_CHARITY = "PUBLIC_CHARITY"
    """501(c)(3) and 509(a)(1) or (2): Rev. Rul. 68-489 governs grants to non-charities."""
    SUPPORTING_ORG = "SUPPORTING_ORG"
    """509(a)(3), 26 CFR 1.509(a)-4(e): must carry out the supported organisation's purposes."""
    PRIVATE_FOUNDATION = "PRIVATE_FOUNDATION"
    """IRC 4940 to 4946: expenditure responsibility or an equivalency determination abroad."""


class Funder(Value):
    """A funder entity: the legal person whose money and whose law it is (R11)."""

    funder_id: FunderId
    name: Name
    profile: FunderProfile
    account: str = Field(description="Reference of the bank account that this funder pays from (R14)")


class AccountReference(Value):
    """A bank account by reference and content hash; the details stay in their own table."""

    reference: Annotated[str, StringConstraints(pattern=r"^BA-[A-Z2-7]{12}$")]
    sha256: Sha256
