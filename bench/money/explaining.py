"""The entries of one day's statement of account explained by the bookings on record, as `accord payments entries` does.

The four days differ in what is hard: each entry is told by its sum alone; all have one sum; nothing on record is any of
them; and all share the bank's one reference, as the payments of one entry do.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from rich.console import Console

from domain.payment.stated.entries import Belief, EntryKind, StatedEntry
from domain.payment.stated.explaining import explain

AIM_SECONDS: Final = 20.0
AIM_MIB: Final = 200.0
AIM_FOR: Final = 10_000
"""The entries that the aims are of: those of a message that is read and matched."""

DAYS: Final = ("sums", "equal", "open", "shared")
ON: Final = date(2026, 11, 30)

out = Console(highlight=False)


def entries(day: str, count: int) -> list[StatedEntry]:
    """Return the entries of a day."""
    return [
        StatedEntry(UUID(int=place), "BA-1", _amount(day, place), "USD", ON, keys=_keys(day, place))
        for place in range(count)
    ]


def _keys(day: str, place: int) -> frozenset[str]:
    if day == "shared":
        return frozenset({"K"})
    return frozenset({f"K{place}"}) if day == "open" else frozenset()


def beliefs(day: str, count: int) -> list[Belief]:
    """Return as many bookings on record, the last entry's first. Of an open day each is another sum's."""
    keys = frozenset({"K"}) if day == "shared" else frozenset[str]()
    beyond = Decimal(10**9) if day == "open" else Decimal(0)
    return [
        Belief(
            UUID(int=count + place), EntryKind.GIFT, f"P-2026-{place:06}", "BA-1", _amount(day, place) + beyond, "USD",
            ON, keys=keys,
        )
        for place in reversed(range(count))
    ]  # fmt: skip


def _amount(day: str, place: int) -> Decimal:
    return Decimal("25.00") if day == "equal" else Decimal(place) + Decimal("1000.25")


def main() -> int:
    """Read the command line, and measure. Return 1 if an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.money.explaining", description=__doc__)
    parser.add_argument("--payments", type=int, default=AIM_FOR)
    count = parser.parse_args().payments
    taken = [_explained(day, count) for day in DAYS]
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.print(f"{mib:.0f} MiB at most; load {os.getloadavg()[0]:.1f}; the aim for {AIM_FOR:,} is {AIM_SECONDS:.0f} s")
    share = max(1.0, count / AIM_FOR)
    return int(max(taken) > AIM_SECONDS * share or mib > AIM_MIB * share)


def _explained(day: str, count: int) -> float:
    """Explain a day's entries, and return the seconds by the clock."""
    stated, on_record = entries(day, count), beliefs(day, count)
    began, computed = time.perf_counter(), time.process_time()
    explained = explain(stated, on_record)
    seconds, spent = time.perf_counter() - began, time.process_time() - computed
    still_open = sum(line.explanation is EntryKind.OPEN for line in explained.lines)
    if still_open != (count if day == "open" else 0):
        raise RuntimeError(f"{still_open:,} entries of the day {day!r} are open")
    out.print(f"{day}: {count:,} entries beside as many bookings in {seconds:.2f} s (computed {spent:.2f} s)")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
