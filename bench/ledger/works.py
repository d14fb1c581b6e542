"""The workloads of the table: their contenders, their comparisons and their targets."""

from __future__ import annotations

from functools import partial
from typing import Final, NamedTuple

from bench.ledger import ours, peers, processes
from bench.ledger.ours import measuring
from bench.ledger.rows import fill
from bench.ledger.samples import Contender, Line, Sample, Series, alternate
from bench.ledger.server import Server, opened

PEER: Final = "eventsourcing"


class Scale(NamedTuple):
    """The size of a run."""

    seconds: float
    """The length of each round of appends."""
    rounds: int
    warm: int
    """Warm-up rounds, before those that count."""
    events: int
    """The number of events in the ledgers that are read."""
    batches: int
    tail_seconds: float


FULL: Final = Scale(seconds=1.5, rounds=3, warm=1, events=150_000, batches=100, tail_seconds=5.0)
QUICK: Final = Scale(seconds=0.4, rounds=1, warm=0, events=10_000, batches=10, tail_seconds=1.0)


async def measure_all(server: Server, scale: Scale) -> list[Line]:
    """Measure all workloads, one after the other."""
    return [
        *await beside_the_peer(server, scale),
        *await beside_bare_inserts(server, scale),
        *await beside_copy(server, scale),
        *await of_a_filled_ledger(server, scale),
    ]


async def _measure(scale: Scale, *contenders: Contender) -> list[Series]:
    return await alternate(contenders, scale.rounds, scale.warm)


async def beside_the_peer(server: Server, scale: Scale) -> list[Line]:
    """Measure appends of one caller and of eight, beside the peer's."""
    url, peer_url = await server.database("few"), await server.database("few_peer", migrated=False)
    lines = []
    async with opened(url) as ledger:
        with peers.recorder(peer_url) as peer:
            for callers, target in ((1, 2.5), (8, 8.0)):
                mine, theirs, *lone = await _measure(
                    scale,
                    Contender("Ledger.append", measuring(ours.appends, ledger, callers, scale.seconds)),
                    Contender(PEER, measuring(peers.peer_appends, peer, callers, scale.seconds)),
                    *[Contender("asyncpg INSERT", measuring(peers.lone_rows, url, scale.seconds))][: callers == 1],
                )
                what = "append, 1 caller" if callers == 1 else f"append, {callers} callers"
                lines.append(Line(what, mine, theirs, target))
                lines += [Line("the same rows, bare INSERT, 1 caller", one, theirs, None) for one in lone]
    return lines


async def beside_bare_inserts(server: Server, scale: Scale) -> list[Line]:
    """Measure appends of many callers, in one process and in several, beside bare INSERTs."""
    bare = peers.BareInserts(await server.database("bare", migrated=False), server.folder, max(1, round(scale.seconds)))
    await bare.prepare()
    many, shared = await server.database("many"), await server.database("shared")
    several = measuring(processes.append_from_processes, shared, processes.CALLERS, scale.seconds)
    async with opened(many) as ledger:
        one, raw, four = await _measure(
            scale,
            Contender("Ledger.append", measuring(ours.appends, ledger, 128, scale.seconds)),
            Contender("pgbench INSERT", bare.measure),
            Contender("Ledger.append", several),
        )
    return [
        Line("append, 128 callers, 1 process", one, raw, 0.8),
        Line(f"append, {processes.PROCESSES} processes x {processes.CALLERS} callers, gapless", four, raw, 0.7),
    ]


async def beside_copy(server: Server, scale: Scale) -> list[Line]:
    """Measure appends in batches, beside COPY of the very same rows."""
    url = await server.database("batches")
    async with opened(url) as ledger:
        before = [0]

        async def batches() -> Sample:
            before[0] = await ledger.head()
            return await ours.batches(ledger, scale.batches)

        copy = partial(peers.copy_of, url, lambda: before[0])
        mine, copied, large = await _measure(
            scale,
            Contender("Ledger.append_many", batches),
            Contender("COPY", copy),
            Contender("Ledger.append_many", measuring(ours.large_requests, ledger, scale.batches)),
        )
    return [
        Line("append_many, 200 commands of 1 event", mine, copied, 0.4),
        Line("append_many, 1 command of 200 events", large, copied, None),
    ]


async def of_a_filled_ledger(server: Server, scale: Scale) -> list[Line]:
    """Measure reading, projecting and verifying many events."""
    url, peer_url = await server.database("filled"), await server.database("filled_peer", migrated=False)
    async with opened(url) as ledger:
        with peers.recorder(peer_url) as peer:
            await fill(ledger, scale.events)
            await peers.fill_peer(peer, peer_url, scale.events)
            await server.settle()
            read, undecoded, *peer_reads = await _measure(
                scale,
                Contender("Ledger.read_between", measuring(ours.catch_up, ledger)),
                Contender("asyncpg fetch", measuring(peers.undecoded_rows, url, scale.events)),
                Contender(f"{PEER}, large pages", measuring(peers.peer_catches_up, peer, peers.in_large_pages)),
                Contender(f"{PEER}, subscription", measuring(peers.peer_catches_up, peer, peers.subscribed)),
                Contender(f"{PEER}, log reader", measuring(peers.peer_catches_up, peer, peers.in_sections)),
            )
        folded, verified = await _measure(
            scale,
            Contender("Projector.catch_up", measuring(ours.project, ledger)),
            Contender("verify", measuring(processes.verify_alone, url)),
        )
    return [
        *(
            Line("catch-up read, payload decoded", read, one, None if turn else 5.0)
            for turn, one in enumerate(peer_reads)
        ),
        Line("the same rows, not decoded", undecoded, peer_reads[0], None),
        Line("projection with fold and upsert", folded, None, 50_000),
        Line("full verify, one core", verified, None, 75_000),
    ]
