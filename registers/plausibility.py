"""Whether a file may replace the version in force: enough rows, few bad ones, no sudden shrinking (R28, C38)."""

from __future__ import annotations

from typing import Final

BAD_SHARE: Final = 0.01
"""At most this share of lines may be bad."""

SHRINK_SHARE: Final = 0.20
"""A new version may have at most this share fewer rows than the one in force."""


def implausible(rows: int, companions: int, bad: int, minimum_rows: int, rows_in_force: int | None) -> str | None:
    """Return why a file is refused, in one line with the remedy, or None if it is plausible.

    Args:
        rows: Good rows of the register's main file; these alone say how large it is.
        companions: Good rows of the files beside it.
        bad: Bad lines of all files.
        minimum_rows: The register's floor.
        rows_in_force: Rows of the main file of the version in force, if there is one.
    """
    total = rows + companions + bad
    if total and bad > total * BAD_SHARE:
        return f"{bad} of {total} lines are bad, more than {BAD_SHARE:.0%}; see the reasons and fetch the file again"
    if rows < minimum_rows:
        return f"{rows} rows, and the whole register never has fewer than {minimum_rows}; fetch the file again"
    if rows_in_force is not None and rows < rows_in_force * (1 - SHRINK_SHARE):
        shrunk = 1 - rows / rows_in_force
        return f"{rows} rows, {shrunk:.0%} fewer than the {rows_in_force} in force; fetch the file again"
    return None
