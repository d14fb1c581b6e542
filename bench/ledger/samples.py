"""Samples and their summary: contenders are measured in turn, and the median counts, with its range."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import NamedTuple


class Sample(NamedTuple):
    """One round's result: a rate per second, and how long single calls took, in milliseconds."""

    rate: float
    p50: float | None = None
    p99: float | None = None
    memory: float | None = None
    """The growth of the process's peak memory, in MiB."""

    @classmethod
    def of_calls(cls, took: Sequence[float], elapsed: float) -> Sample:
        """Return the sample of calls, from the seconds that each took."""
        ordered = sorted(took)
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        return cls(len(took) / elapsed, p50, p99)


class Contender(NamedTuple):
    """A contender: its name, and how it is measured."""

    name: str
    measure: Callable[[], Awaitable[Sample]]


class Series(NamedTuple):
    """All rounds of one contender."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def rate(self) -> float:
        """The median rate."""
        return median(self.rates)

    @property
    def rates(self) -> list[float]:
        """The rate of each round."""
        return [sample.rate for sample in self.samples]

    @property
    def p50(self) -> float | None:
        """The rounds' median of the median call, in milliseconds, or None if single calls were not timed."""
        return _median_of([sample.p50 for sample in self.samples])

    @property
    def p99(self) -> float | None:
        """The rounds' median of the 99th percentile, in milliseconds, or None if single calls were not timed."""
        return _median_of([sample.p99 for sample in self.samples])

    @property
    def memory(self) -> float | None:
        """The largest growth of peak memory in a round, in MiB, or None if it was not measured."""
        return max((sample.memory for sample in self.samples if sample.memory is not None), default=None)


def _median_of(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


class Line(NamedTuple):
    """A workload, our figures, those of the comparison, and the target: a ratio, or a rate without a comparison."""

    what: str
    ours: Series
    against: Series | None
    target: float | None

    @property
    def ratios(self) -> list[float]:
        """The ratio of each round."""
        if self.against is None:
            return []
        return [one / other for one, other in zip(self.ours.rates, self.against.rates, strict=True)]

    @property
    def reached(self) -> float:
        """The figure that is compared with the target."""
        return median(self.ratios) if self.ratios else self.ours.rate

    @property
    def met(self) -> bool | None:
        """True if the target was reached, or None where there is none."""
        return None if self.target is None else self.reached >= self.target


async def alternate(contenders: Sequence[Contender], rounds: int, warm: int) -> list[Series]:
    """Measure contenders in turn, round by round, after some rounds that only warm them up."""
    found: list[list[Sample]] = [[] for _ in contenders]
    for turn in range(-warm, rounds):
        for samples, contender in zip(found, contenders, strict=True):
            sample = await contender.measure()
            if turn >= 0:
                samples.append(sample)
    return [Series(one.name, tuple(samples)) for one, samples in zip(contenders, found, strict=True)]
