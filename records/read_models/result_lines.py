"""The lines of what a partnership is measured by: each indicator of its proposal, with its newest accepted result."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.plans import Indicator, Result
from ledger.projections import Line

RESULTS_LIST: Final = "results"

BEGUN: Final = frozenset({Stage.ACTIVE, Stage.CLOSED, Stage.TERMINATED})
"""The stages from the agreement on. Before, nothing is promised that could be achieved."""

NO_OBJECTIVE: Final = "-"
"""Stands for the objective of a proposal that names none, as those of before edition 2026.4 do."""


class ResultStanding(StrEnum):
    """The standing of a result beside the target of its indicator."""

    REACHED = "REACHED"
    SHORT = "SHORT"
    TOLD = "TOLD"
    """Told in words, or without a target to compare it with."""
    OPEN = "OPEN"
    """No accepted report says it yet."""


def objective_of(state: Partnership) -> str:
    """Return the code of the objective that a partnership serves, or what stands for none."""
    return state.proposed.public_interest.objective or NO_OBJECTIVE


def result_lines(state: Partnership) -> Iterator[Line]:
    """Yield a line for each indicator of a partnership that has begun."""
    if state.proposal is None or state.stage not in BEGUN:
        return
    indicators = state.proposed.public_interest.indicators
    results = {indicator.number: result for indicator, result in state.reporting.achieved(indicators)}
    for indicator in indicators:
        yield _line(state, indicator, results.get(indicator.number))


def _line(state: Partnership, indicator: Indicator, result: Result | None) -> Line:
    objective, standing = objective_of(state), standing_of(indicator, result)
    cells = {
        "objective": objective,
        "partnership_id": state.partnership_id,
        "title": state.proposed.title,
        "measure": indicator.what,
        "unit": indicator.unit,
        "baseline": _text(indicator.baseline),
        "target": _text(indicator.target),
        "achieved": _text(result.achieved) if result is not None else None,
        "words": result.words if result is not None else None,
        "standing": standing.value,
    }
    terms = (f"objective:{objective}", f"standing:{standing.value}", f"partnership:{state.partnership_id}")
    return Line(RESULTS_LIST, f"{objective}~{state.partnership_id}~{indicator.number:02}", terms, None, cells)


def standing_of(indicator: Indicator, result: Result | None) -> ResultStanding:
    """Return how a result stands. A target below the baseline is reached from above, such as a number of outages."""
    if result is None:
        return ResultStanding.OPEN
    if result.achieved is None or indicator.target is None:
        return ResultStanding.TOLD
    falls = indicator.baseline is not None and indicator.target < indicator.baseline
    is_reached = result.achieved <= indicator.target if falls else result.achieved >= indicator.target
    return ResultStanding.REACHED if is_reached else ResultStanding.SHORT


def _text(number: object) -> str | None:
    return None if number is None else f"{number:f}"
