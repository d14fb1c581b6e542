"""Withholding: one table says what of a partnership is published openly, and why the rest is not."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from domain.parties import PartyKind
from publishing.cases import GrantCase


class Openness(StrEnum):
    """The part of a partnership that is published."""

    FULL = "FULL"
    NAME_WITHHELD = "NAME_WITHHELD"
    """All but the payee's name, number and address."""
    NOTHING = "NOTHING"


class WithholdingReason(StrEnum):
    """The reason why something of a partnership is not published."""

    OWN_REASON = "OWN_REASON"
    """The partnership itself says why it is not published (`withheld_for`). The words stay inside."""
    NATURAL_PERSON = "NATURAL_PERSON"
    """The payee is a natural person: a name that was published once cannot be erased."""


class WithholdingRule(NamedTuple):
    """A rule of the table. The first one that applies decides."""

    applies: Callable[[GrantCase], bool]
    openness: Openness
    reason: WithholdingReason


TABLE: Final = (
    WithholdingRule(
        lambda case: case.partnership.proposed.withheld_for is not None, Openness.NOTHING, WithholdingReason.OWN_REASON
    ),
    WithholdingRule(
        lambda case: case.out.payee.kind is PartyKind.INDIVIDUAL,
        Openness.NAME_WITHHELD,
        WithholdingReason.NATURAL_PERSON,
    ),
)
"""A hold is not in it: of a held partnership the award is published as any other, and the suspicion never."""


class PublicationVerdict(NamedTuple):
    """The openness of a partnership, with the reason if it is not FULL."""

    openness: Openness
    reason: WithholdingReason | None = None


def verdict_of(case: GrantCase) -> PublicationVerdict:
    """Return the openness with which a partnership is published."""
    rule = next((rule for rule in TABLE if rule.applies(case)), None)
    return PublicationVerdict(Openness.FULL) if rule is None else PublicationVerdict(rule.openness, rule.reason)
