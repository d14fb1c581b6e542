"""The result of due diligence: all evidence on which a decision rests, as it stood when it was asked (R19)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.directory.watched import WatchedCountry
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.screening.gifts import GiftEvidence
from domain.screening.matches import ScreeningEvidence
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
from domain.screening.truths import KnownTruth
from domain.values import (
    Moment,
    Since,
    Value,
    is_empty,
    is_false,
    is_none,
)


class Verification(Value):
    """The result of due diligence: the payee's tax status and the screening of every party."""

    screening: ScreeningEvidence
    status: StatusEvidence | None = None
    central: Annotated[StatusEvidence | None, Since("2026.2")] = None
    """The evidence on the central organisation of the payee's group."""
    gift: Annotated[GiftEvidence | None, Since("2026.2")] = None
    gifts: Annotated[tuple[GiftEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The same for each gift whose fund is named among the funds that pay."""
    together: Annotated[tuple[ApprovedSum, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The sums approved for the same payee or purpose within twelve months."""
    support: Annotated[tuple[ApprovedSum, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The funder's approvals for the payee within four years, in other partnerships."""
    supported: Annotated[tuple[SupportedEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The evidence on sub-recipients and on owners of sponsored projects, as far as they give an EIN."""
    truths: Annotated[tuple[KnownTruth, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The truths told of those whom it names, which a verifier found to be so (rules 4.1)."""
    watched: Annotated[tuple[WatchedCountry, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The countries that the proposal names and that stood on the organisation's table of the FATF's lists then."""
    public_offices_asked: Annotated[bool, Since("2026.6"), Field(exclude_if=is_false)] = False
    """True if the organisation asked then whether people behind a payee hold or held a prominent public office."""
    conversion: Annotated[Conversion | None, Since("2026.6"), Field(exclude_if=is_none)] = None
    """The base currency and its rates, if the organisation has one. After an approval those recorded with it."""

    @property
    def all_gifts(self) -> tuple[GiftEvidence, ...]:
        """The evidence on each restricted gift that pays for the leg, or for a part of it."""
        return (self.gift,) if self.gift is not None else self.gifts

    def without_clearances_by(self, people: frozenset[str]) -> Verification:
        """Return the evidence without clearances by these people, since nobody clears matches in their own case."""
        return self.model_copy(update={"screening": self.screening.without_clearances_by(people)})

    @property
    def looked_up(self) -> tuple[StatusEvidence, ...]:
        """The evidence on the status of every body that was looked up: payee, those it supports, and their groups."""
        status_evidences = (
            status_evidence for evidence in self.supported for status_evidence in (evidence.status, evidence.central)
        )
        return tuple(evidence for evidence in (self.status, self.central, *status_evidences) if evidence is not None)

    @property
    def everything(self) -> tuple[ScreeningEvidence | StatusEvidence, ...]:
        """The screening, and the evidence on the status of every body that was looked up."""
        return (self.screening, *self.looked_up)

    @property
    def verified_at(self) -> Moment:
        """The time at which the last of the registers was asked."""
        return self.screening.asked_at
