"""Guards of a register: a version with too few rows, too many bad ones or a sudden change is refused (R28, C38)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from domain.fault import Fault
from registers.loading.parts import Ending

BAD_SHARE: Final = 0.01
"""At most this share of rows may be bad."""

SHRINK_SHARE: Final = 0.20
"""A new version may have at most this share fewer rows than the one in force."""

CHANGE_SHARE: Final = 0.50
"""At most this share of a long register's rows in force may be removed or changed at once."""

FEW: Final = 10
"""Any kind of file may lose up to this many rows, whatever their share."""

LIST_SHARE: Final = 0.05
"""A sanctions list may lose at most this share of the entries of any of its files, unless two people answer for it."""

LONG: Final = 1000
"""A register with at least this many rows is long. A shorter one may change completely."""


class FileCompared(NamedTuple):
    """A file, beside the one of its name in force."""

    name: str
    line: int
    """The line of its last row."""
    ends: bool
    """True if it shows by itself that it is whole."""
    in_force: Ending
    now: Ending


class LoadResult(NamedTuple):
    """The counts of a load, and of the version in force that it would replace."""

    rows: int
    """Good rows of the register's main files. They alone count as its size."""
    companions: int
    """Good rows of the companion files."""
    bad: int
    """Bad rows of all files."""
    came: int
    """Good rows that are not in force yet."""
    left: int
    """Rows in force that are not among the good rows."""
    source_date: date
    rows_in_force: int | None
    """Rows of the main files of the version in force, or None if there is none."""
    date_in_force: date | None
    kinds: tuple[tuple[str, int, int], ...] = ()
    """Every kind of file in force, as (kind name, rows in force, rows now)."""
    parts: tuple[tuple[str, int, int], ...] = ()
    """Every kind of main file in force, as (title, number of files in force, number of files now)."""
    cut_off: tuple[str, ...] = ()
    """One text per truncated file, or per number that a spreadsheet shortened, with the file, line and reason."""
    lists_people: bool = False
    """True if the register is a sanctions list."""
    converts: bool = False
    """True if sums are converted by the register: a rate that is published stays as it is."""
    first_bad: str | None = None
    """The file, line and reason of the first bad row, or None if there is none."""
    faults: tuple[str, ...] = ()
    """The faults of a file by itself: nothing in it, or columns of another form, with its line."""
    entries: tuple[tuple[str, int, int], ...] = ()
    """Every kind of file of a sanctions list, as (title, entries in force, how many of them are gone)."""
    files: tuple[FileCompared, ...] = ()

    @property
    def standing(self) -> int:
        """Rows of all files of the version in force."""
        return self.rows + self.companions - self.came + self.left


class Floor(NamedTuple):
    """The minimum number of rows in a register's main files."""

    own: int
    """The minimum for the whole register."""
    given: int | None = None
    """A minimum given instead, for a part or a sample. A lower one applies only until a whole register is in force.

    From then on, a version with fewer rows than `own` needs a signed override.
    """

    def holding(self, rows_in_force: int | None) -> int:
        """Return the floor that applies with this many rows in force (None: no version is in force)."""
        if self.given is None:
            return self.own
        return max(self.own, self.given) if (rows_in_force or 0) >= self.own else self.given


def implausible(arrival: LoadResult, floor: Floor) -> Fault | None:
    """Return the reason why a version is refused, in one line with the remedy, or None if it is plausible."""
    rows, bad = arrival.rows, arrival.bad
    total = rows + arrival.companions + bad
    if total and bad > total * BAD_SHARE:
        reason = f"{bad} of {total} lines are bad, more than {BAD_SHARE:.0%}{_first(arrival)}"
        return Fault(f"{reason}; see the reasons and fetch the file again")
    if arrival.cut_off:
        return Fault(f"{arrival.cut_off[0]}; fetch the file again")
    if bad and arrival.lists_people:
        reason = f"{bad} of {total} lines are bad, and each may name somebody who may not be dealt with"
        return Fault(f"{reason}{_first(arrival)}; see the reasons, and fetch the file again or override")
    if bad and arrival.converts:
        reason = f"{bad} of {total} lines are bad, and sums are converted by each{_first(arrival)}"
        return Fault(f"{reason}; see the reasons and fetch the file again")
    if arrival.faults:
        return Fault(f"{arrival.faults[0]}; fetch the publisher's own files again, all of one day")
    return _too_few(arrival, floor) or _unlike_the_one_before(arrival)


def _first(arrival: LoadResult) -> str:
    return f" (the first: {arrival.first_bad})" if arrival.first_bad else ""


def _too_few(arrival: LoadResult, floor: Floor) -> Fault | None:
    rows, fewest = arrival.rows, floor.holding(arrival.rows_in_force)
    if rows >= fewest:
        return None
    reason = f"{rows} rows, and the whole register never has fewer than {fewest}"
    if floor.given is not None and floor.given < fewest:
        return Fault(
            f"{reason}; a lower floor is for the first load: `accord registers override` it by a signed reason"
        )
    return Fault(f"{reason}; fetch the file again")


def _unlike_the_one_before(arrival: LoadResult) -> Fault | None:
    before = arrival.rows_in_force
    if before is None or arrival.date_in_force is None:
        return None
    if arrival.source_date < arrival.date_in_force:
        return Fault(
            f"true of {arrival.source_date}, and the version in force of {arrival.date_in_force}; fetch a newer file"
        )
    for title, in_force, now in arrival.parts:
        if now < in_force:
            return Fault(f"{now} files of {title}, and {in_force} in force; give all parts together")
    if fault := _lost(arrival):
        return Fault(f"{fault}; fetch the files again; if the publisher really removed them, {_answer(arrival)}")
    if arrival.converts and arrival.left > FEW:
        return Fault(
            f"{arrival.left} days that were published have other rates now, or are gone; fetch the file again; if the "
            f"publisher really changed them, {_answer(arrival)}"
        )
    if arrival.rows < before * (1 - SHRINK_SHARE):
        shrunk = 1 - arrival.rows / before
        return Fault(f"{arrival.rows} rows, {shrunk:.0%} fewer than the {before} in force; fetch the file again")
    for kind, in_force, now in arrival.kinds:
        if in_force - now > FEW and now < in_force * (1 - SHRINK_SHARE):
            return Fault(f"{now} rows of its {kind} file, and {in_force} in force; fetch the files again")
    if short := _cut_off(arrival.files):
        return Fault(f"{short}; fetch the file again; if the publisher really removed them, {_answer(arrival)}")
    if before >= LONG and arrival.left > arrival.standing * CHANGE_SHARE:
        return Fault(
            f"{arrival.left} of {arrival.standing} rows in force left or changed, more than {CHANGE_SHARE:.0%}; "
            "fetch the file again, or override if the publisher really changed them"
        )
    return None


def _answer(arrival: LoadResult) -> str:
    people = "two people answer" if arrival.lists_people else "somebody answers"
    return f"{people} for it: `accord registers override`"


def _lost(arrival: LoadResult) -> Fault | None:
    """Return the loss of a sanctions list, if it is more than its publisher removes at once, or None."""
    for title, in_force, loss in arrival.entries:
        if loss > in_force * LIST_SHARE:
            return Fault(f"{loss} of the {in_force} entries of {title} are gone, more than {LIST_SHARE:.0%}")
    for kind, rows, now in arrival.kinds if arrival.lists_people else ():
        if now < rows * (1 - LIST_SHARE):
            return Fault(f"{now} rows of its {kind} file, and {rows} in force, more than {LIST_SHARE:.0%} fewer")
    return None


def _cut_off(files: Sequence[FileCompared]) -> Fault | None:
    """Return a fault if a file seems to lack its end, or a large part of itself, or None."""
    for name, line, ends, in_force, now in files:
        if in_force.rows - now.rows > FEW and now.rows < in_force.rows * (1 - SHRINK_SHARE):
            return Fault(f"{name} line {line}: it ends after {now.rows} rows, and {in_force.rows} are in force")
        if not ends and in_force.beyond(now):
            return Fault(
                f"{name} line {line}: it ends before {in_force.highest.lstrip('0')}, with which the one in force ends"
            )
    return None
