"""A person's word on a party, a project or money, as evidence for the rules (rules 4.1)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from domain.values import PartnershipId, Since, Value, is_empty, is_none


class TruthKind(StrEnum):
    """The subject of a truth, which decides the rule that judges it."""

    LOST_STATUS = "LOST_STATUS"
    """The party lost its tax exemption or registration, or is about to (Rev. Proc. 2018-32, s. 4.04)."""
    FOR_PROFIT = "FOR_PROFIT"
    """The party is a company, or distributes what it earns."""
    INSIDER = "INSIDER"
    """Somebody of the funder controls the party, or gains by it."""
    SANCTIONS = "SANCTIONS"
    """The party, or who stands behind it, is a blocked person or acts for one."""
    PLACE = "PLACE"
    """The party works, banks or spends where it did not say."""
    USE = "USE"
    """The money is for politics, lobbying or another use than the agreed one."""
    DIVERSION = "DIVERSION"
    """Money was diverted or misused."""
    ACCOUNT = "ACCOUNT"
    """The account is not the party's own, or is in doubt."""
    IDENTITY = "IDENTITY"
    """The party merged, ended or has another name, or a person died."""
    ONE_PROJECT = "ONE_PROJECT"
    """Two partnerships carry out one project, by whichever payees: their sums are decided together (rules 4.9)."""
    OTHER = "OTHER"
    """Anything else that whoever pays should know."""

    @property
    def words(self) -> str:
        """The kind as messages write it."""
        return self.value.replace("_", " ").lower()


def truth_name(truth: UUID) -> str:
    """Return the name by which people call a truth, such as T-1A2B3C4D."""
    return f"T-{truth.hex[:8].upper()}"


OF_THE_WHOLE: Final = ""
"""Stands for no party: the truth was told of the partnership itself."""


class KnownTruth(Value):
    """A truth that a verifier found to be so, as far as it touches a partnership. Its words stay where they are."""

    truth: UUID
    kind: TruthKind
    since: date
    """The day since which it was known."""
    party: str
    """The name, as the proposal has it, of the party that it is about, or '' if about the partnership itself."""
    rules: Annotated[tuple[str, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The rules that refused it, where an amendment told it."""
    other: Annotated[PartnershipId | None, Since("2026.5"), Field(exclude_if=is_none)] = None
    """The partnership with which this one carries out one project, where that is what is known."""

    @property
    def name(self) -> str:
        """The name by which people call it."""
        return truth_name(self.truth)

    @property
    def told(self) -> str:
        """The known fact, in words."""
        about = f" of {self.party}" if self.party else f" with {self.other}" if self.other else ""
        return f"{self.kind.words}{about}, known since {self.since} ({self.name})"
