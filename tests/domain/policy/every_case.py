"""All worked cases, each with the edition that it is decided by, and the answers that edition 2026.5 gives anew."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from domain.policy.canonical import order_of
from tests.domain.policy import newer
from tests.domain.policy.cases import CASES, Case
from tests.domain.policy.later_cases import LATER
from tests.domain.policy.restating import Restated

NEWEST: Final = "2026.5"


def _subjects() -> tuple[ModuleType, ...]:
    """Return the files of cases in `newer`, by name."""
    names = sorted(one.name for one in iter_modules(newer.__path__) if one.name.endswith("_cases"))
    return tuple(import_module(f"{newer.__name__}.{name}") for name in names)


def _in_order(cases: list[Case]) -> tuple[Case, ...]:
    return tuple(sorted(cases, key=lambda case: int(case.number[1:])))


NEWER: Final = _in_order([case for subject in _subjects() for case in subject.CASES])
RESTATED: Final[tuple[Restated, ...]] = tuple(one for subject in _subjects() for one in subject.RESTATED)

EVERY: Final = (*CASES, *LATER, *NEWER)

_FIRST_DECIDED: Final = (("2026.2", CASES), ("2026.4", LATER), (NEWEST, NEWER))


def cases_of(edition: str) -> tuple[Case, ...]:
    """Return the cases that an edition has an answer for."""
    known = (cases for since, cases in _FIRST_DECIDED if order_of(since) <= order_of(edition))
    return tuple(case for cases in known for case in cases)


def edition_of(index: int) -> str:
    """Return the edition that decides the row of `EVERY` with this index."""
    return next(since for since, _ in reversed(_FIRST_DECIDED) if index >= len(EVERY) - len(_from(since)))


def _from(since: str) -> tuple[Case, ...]:
    return tuple(case for edition, cases in _FIRST_DECIDED if order_of(edition) >= order_of(since) for case in cases)


def as_decided_now(case: Case) -> Case:
    """Return a row with the answers of edition 2026.5: its own, unless they are restated."""
    again = next((one for one in RESTATED if (one.number, one.words) == (case.number, case.words)), None)
    return case if again is None else again.of(case)
