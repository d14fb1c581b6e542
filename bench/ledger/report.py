"""Print the results: tables for people, or all of it as JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.ledger.growth import Grown, ratios
from bench.ledger.peers import CLIENTS
from bench.ledger.rows import META_BYTES, PAYLOAD_BYTES, STREAM_EVENTS
from bench.ledger.samples import Line, Series
from bench.ledger.tailing import Tailed
from bench.ledger.works import Scale
from ledger.reading.rows import PAGE

out = Console(highlight=False, width=150)

NOTES = (
    f"Rows: {PAYLOAD_BYTES} bytes of JSON and {META_BYTES} of metadata, in streams of {STREAM_EVENTS}. Contenders take "
    "turns; rates are medians of rounds, with their range; ratios are medians of each round's ratio.",
    "eventsourcing: its default mode, PostgresApplicationRecorder.insert_events, one thread for each caller.",
    f"pgbench: the better of {' and '.join(map(str, CLIENTS))} clients, prepared, content as parameters, one index. "
    "COPY: all rows of the round in one binary COPY, the ledger's columns and indexes, no constraints. "
    "Batches: ready before the clock starts, as COPY's rows are; two are on their way at a time, as COPY streams.",
    f"Catch-up read: ours and theirs in pages of {PAGE:,}; then theirs as its projections subscribe (500) and as "
    f"its log reader comes (10). Decoded are the same {PAYLOAD_BYTES} bytes, ours by from_json, theirs by its Mapper "
    "and JSONTranscoder; the metadata is decoded by none, for the library it is a plain text.",
    "Verify: MiB are what the peak of the process grew by, from a tenth of the way to its end.",
)


class Findings(NamedTuple):
    """All results of the measurement."""

    versions: dict[str, str]
    settings: dict[str, str]
    scale: Scale
    lines: Sequence[Line]
    tailed: Sequence[Tailed]
    grown: Sequence[Grown]

    @property
    def met(self) -> bool:
        """True if all targets were reached and the ledger lost nothing."""
        return all(line.met is not False for line in self.lines) and self.sound

    @property
    def sound(self) -> bool:
        """True if the ledger's reader saw every event, once and in order."""
        return self.tailed[0].sound


def as_json(found: Findings) -> dict[str, Any]:
    """Return everything that was measured, for machines."""
    return {
        "versions": found.versions,
        "settings": found.settings,
        "cores": os.cpu_count(),
        "scale": found.scale._asdict(),
        "works": [_line(line) for line in found.lines],
        "tail": [{**one._asdict(), "sound": one.sound} for one in found.tailed],
        "growth": [one._asdict() for one in found.grown],
        "growth_last_over_first": ratios(list(found.grown))._asdict() if found.grown else None,
        "met": found.met,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "work": line.what,
        "ours": _series(line.ours),
        "against": _series(line.against) if line.against else None,
        "ratios": line.ratios,
        "reached": line.reached,
        "target": line.target,
        "met": line.met,
    }


def _series(series: Series) -> dict[str, Any]:
    timed = {"p50_ms": series.p50, "p99_ms": series.p99, "peak_growth_mib": series.memory}
    return {"name": series.name, "rate": series.rate, "rates": series.rates, **timed}


def show(found: Findings) -> None:
    """Print everything for people."""
    for facts in (found.versions, found.settings):
        out.print(", ".join(f"{name} {value}" for name, value in facts.items()))
    out.print(_works(found.lines))
    for note in NOTES:
        out.print(note)
    out.print(_tails(found.tailed, found.scale.tail_seconds))
    if found.grown:
        out.print(_growth(list(found.grown)))


def _works(lines: Sequence[Line]) -> Table:
    table = Table(
        "Work",
        "A second",
        "p50 / p99 ms",
        "Against",
        "A second",
        "p50 / p99 ms",
        "Ratio",
        "Target",
        "Met",
        show_lines=True,
    )
    for line in lines:
        against = [line.against.name, *_cells(line.against)] if line.against else ["", "", ""]
        table.add_row(line.what, *_cells(line.ours), *against, _ratio(line), _target(line), _met(line))
    return table


def _cells(series: Series) -> list[str]:
    rates = f"{series.rate:,.0f}\n{min(series.rates):,.0f} to {max(series.rates):,.0f}"
    if series.memory is not None:
        return [rates, f"+{series.memory:.1f} MiB"]
    return [rates, "" if series.p50 is None else f"{series.p50:.2f} / {series.p99:.2f}"]


def _ratio(line: Line) -> str:
    return f"{line.reached:.2f}\n{min(line.ratios):.2f} to {max(line.ratios):.2f}" if line.ratios else ""


def _target(line: Line) -> str:
    if line.target is None:
        return ""
    return f">= {line.target:g}" if line.against else f">= {line.target:,.0f}/s"


def _met(line: Line) -> str:
    return {None: "", True: "yes", False: "no"}[line.met]


def _tails(tailed: Sequence[Tailed], seconds: float) -> Table:
    table = Table(
        "Store", "Committed", "Never delivered", "Out of order", title=f"8 writers, a tail, {seconds:g} s each"
    )
    for one in tailed:
        share = f" ({one.missed / one.committed:.2%})" if one.missed else ""
        table.add_row(one.store, f"{one.committed:,}", f"{one.missed:,}{share}", f"{one.disordered:,}")
    return table


def _growth(grown: list[Grown]) -> Table:
    parts = list(grown[-1].bytes)
    table = Table(
        "Events",
        "Appends a second",
        "Read us",
        "Verify us",
        "Project us",
        *parts,
        title="As it grows; bytes and microseconds for each event",
    )
    for one in grown:
        times = (f"{value:.1f}" for value in (one.read, one.verify, one.project))
        on_disk = (f"{one.bytes[part]:.1f}" for part in parts)
        table.add_row(f"{one.size:,}", f"{one.append:,.0f}", *times, *on_disk)
    change = ratios(grown)
    table.add_row("last / first", *(f"{value:.2f}" for value in change[:4]), f"all {change.bytes:.2f}")
    return table
