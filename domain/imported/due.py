"""Days that the books of before claim to come: reports, payments that were promised, and the ends of periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.imported.claims import ClaimedStage, ImportedPartnership


class ClaimedDueKind(StrEnum):
    """A kind of day that the books of before claim."""

    REPORT = "CLAIMED_REPORT"
    PAYMENT = "CLAIMED_PAYMENT"
    END = "CLAIMED_END"


class ClaimedDue(NamedTuple):
    """Something that is due by the claim of a partnership of before."""

    kind: ClaimedDueKind
    on: date
    what: str


def dues_of(claim: ImportedPartnership) -> tuple[ClaimedDue, ...]:
    """Return what is due by a claim, the earliest first. Of one that ended nothing is."""
    return tuple(sorted(_dues(claim), key=lambda due: due.on)) if claim.stage is ClaimedStage.IN_FORCE else ()


def _dues(claim: ImportedPartnership) -> Iterator[ClaimedDue]:
    if claim.report_due is not None:
        yield ClaimedDue(ClaimedDueKind.REPORT, claim.report_due, "the next report of the partner")
    if claim.period is not None:
        yield ClaimedDue(ClaimedDueKind.END, claim.period.ends, "the end of the agreed period")
    for tranche in claim.tranches:
        if tranche.due_on is not None:
            what = f"{tranche.money} that was promised and not paid"
            yield ClaimedDue(ClaimedDueKind.PAYMENT, tranche.due_on, what)
