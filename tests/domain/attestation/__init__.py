"""What the four sides say of a day, made up in few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.attestation.readings import (
    Booking,
    EventsReading,
    OpenPayment,
    OpenRun,
    OwnAccount,
    Posted,
    PostingsReading,
    Readings,
    StatedStretch,
    StatementLine,
    StatementsReading,
    WorkflowsReading,
)

FIRST, DAY, NEXT = date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)
ACCOUNT, FILE = "BA-OWN", "ab" * 32
CASE: Final = "P-2026-0042"


def booking(amount: str = "-600.00", **more: Any) -> Booking:
    content = {
        "funder": "ISOC", "account": "", "currency": "USD", "day": DAY, "amount": Decimal(amount), "partnership": CASE,
        "label": "payment 1/1", "references": frozenset({"E1"}), "days_around": 0,
    }  # fmt: skip
    return Booking(**{**content, **more})


def posted(amount: str = "-600.00", **more: Any) -> Posted:
    return Posted(
        **{"funder": "ISOC", "currency": "USD", "day": DAY, "partnership": CASE, **more, "amount": Decimal(amount)}
    )


def stated(amount: str = "-600.00", *references: str, **more: Any) -> StatementLine:
    content = {"account": ACCOUNT, "currency": "USD", "day": DAY, "statement": "statement 12", "file_sha256": FILE}
    return StatementLine(
        **{**content, **more, "amount": Decimal(amount), "references": frozenset(references or {"E1"})}
    )


def stretch(first: date = FIRST, last: date = DAY, **more: Any) -> StatedStretch:
    sums = {"opening": Decimal("1000.00"), "closing": Decimal("400.00")}
    return StatedStretch(
        **{"account": ACCOUNT, "currency": "USD", **sums, **more, "first_day": first, "last_day": last}
    )


def on_its_way(amount: str = "250.00", case: str = CASE) -> OpenPayment:
    of = f"partnership/{case}"
    return OpenPayment(f"{of}/tranche/2/attempt/1", of, ACCOUNT, "USD", Decimal(amount))


def run(amount: str | None = "250.00", case: str = CASE) -> OpenRun:
    return OpenRun(f"partnership/{case}/tranche/2/attempt/1", "USD", Decimal(amount) if amount else None)


def readings(**sides: Any) -> Readings:
    """All sides in agreement: 600.00 paid and stated, 250.00 on its way. `sides`: what one says instead."""
    agreed = {
        "events": EventsReading((booking(),), frozenset({FILE}), (on_its_way(),)),
        "postings": PostingsReading((posted(),)),
        "statements": StatementsReading((stretch(),), (stated(),)),
        "workflows": WorkflowsReading(frozenset({f"partnership/{CASE}"}), (run(),)),
    }
    return Readings((OwnAccount("ISOC", ACCOUNT),), **{**agreed, **sides})
