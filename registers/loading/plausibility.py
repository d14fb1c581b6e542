"""Guards of a register: enough rows, few bad ones, no sudden change, or the file replaces no other (R28, C38)."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

BAD_SHARE: Final = 0.01
"""At most this share of rows may be bad."""

SHRINK_SHARE: Final = 0.20
"""A new version may have at most this share fewer rows than the one in force."""

CHANGE_SHARE: Final = 0.50
"""Of a long register, at most this share of the rows in force may leave or change at once."""

FEW: Final = 10
"""So many rows may any file lose."""

LONG: Final = 1000
"""Rows from which a register is long; a short list may well change as a whole."""


class LoadResult(NamedTuple):
    """A load's result, and what it would replace."""

    rows: int
    """Good rows of the register's main file; these alone say how large it is."""
    companions: int
    """Good rows of the files beside it."""
    bad: int
    """Bad rows of all files."""
    came: int
    """Of the good rows, those that are not in force."""
    left: int
    """Rows in force that are not among the good rows."""
    source_date: date
    rows_in_force: int | None
    """Rows of the main file of the version in force, if there is one."""
    date_in_force: date | None
    kinds: tuple[tuple[str, int, int], ...] = ()
    """Every kind of file with its rows in force and its rows now."""
    parts: tuple[tuple[str, int, int], ...] = ()
    """The title of every kind of main file, with how many of it the version in force had and how many there are now."""
    cut_off: tuple[str, ...] = ()
    """Where files end before their publisher ended them."""
    lists_people: bool = False
    """Whether it is a list of those who may not be dealt with."""

    @property
    def standing(self) -> int:
        """Rows of all files of the version in force."""
        return self.rows + self.companions - self.came + self.left


class Floor(NamedTuple):
    """The least number of rows that a register's main file may have."""

    own: int
    """What the whole register never falls below."""
    given: int | None = None
    """What was said in its place, for a part or a sample; a lower one counts until a whole register is in force.

    From then on somebody answers for less by an override.
    """

    def holding(self, rows_in_force: int | None) -> int:
        """Return the floor that holds beside so many rows in force."""
        if self.given is None:
            return self.own
        return max(self.own, self.given) if (rows_in_force or 0) >= self.own else self.given


def implausible(arrival: LoadResult, floor: Floor) -> str | None:
    """Return the reason why a version is refused, in one line with the remedy, or None if it is plausible."""
    rows, bad = arrival.rows, arrival.bad
    total = rows + arrival.companions + bad
    if total and bad > total * BAD_SHARE:
        return f"{bad} of {total} lines are bad, more than {BAD_SHARE:.0%}; see the reasons and fetch the file again"
    if arrival.cut_off:
        return f"{arrival.cut_off[0]}; fetch the file again"
    if bad and arrival.lists_people:
        what = f"{bad} of {total} lines are bad, and each may name somebody who may not be dealt with"
        return f"{what}; see the reasons, and fetch the file again or override"
    return _too_few(arrival, floor) or _unlike_the_one_before(arrival)


def _too_few(arrival: LoadResult, floor: Floor) -> str | None:
    rows, fewest = arrival.rows, floor.holding(arrival.rows_in_force)
    if rows >= fewest:
        return None
    fault = f"{rows} rows, and the whole register never has fewer than {fewest}"
    if floor.given is not None and floor.given < fewest:
        return f"{fault}; a lower floor is for the first load: `accord registers override` it by a signed reason"
    return f"{fault}; fetch the file again"


def _unlike_the_one_before(arrival: LoadResult) -> str | None:
    before = arrival.rows_in_force
    if before is None or arrival.date_in_force is None:
        return None
    if arrival.source_date < arrival.date_in_force:
        return f"true of {arrival.source_date}, and the version in force of {arrival.date_in_force}; fetch a newer file"
    for title, in_force, now in arrival.parts:
        if now < in_force:
            return f"{now} files of {title}, and {in_force} in force; give all parts together"
    if arrival.rows < before * (1 - SHRINK_SHARE):
        shrunk = 1 - arrival.rows / before
        return f"{arrival.rows} rows, {shrunk:.0%} fewer than the {before} in force; fetch the file again"
    for kind, in_force, now in arrival.kinds:
        if in_force - now > FEW and now < in_force * (1 - SHRINK_SHARE):
            return f"{now} rows of its {kind} file, and {in_force} in force; fetch the files again"
    if before >= LONG and arrival.left > arrival.standing * CHANGE_SHARE:
        return (
            f"{arrival.left} of {arrival.standing} rows in force left or changed, more than {CHANGE_SHARE:.0%}; "
            "fetch the file again, or override if the publisher really changed them"
        )
    return None
