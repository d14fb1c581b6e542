"""Changes that no test can notice, since the package does the same with them: the reason of each, by its key."""

from __future__ import annotations

from pathlib import Path
from typing import Final

IDENTITY: Final = Path("registers", "matching", "identity")
LOADING: Final = Path("registers", "loading")
SCREENING: Final = Path("registers", "screening")

FILTER: Final = "a filter before names are compared in full: it only changes how many are compared"
KEPT: Final = "it only changes how much is kept, and so what is found anew"
ASKED_IN_VAIN: Final = "the database is asked in vain: nothing came or ended since the newest version"

IN_RULES: Final[dict[str, str]] = {
    "rules/every_leg.py SUMS-TOGETHER: always passes": "it passes always: it tells what counts, and the quorum decides",
    "rules/every_leg.py SUMS-TOGETHER since 2026.5: always passes": "as the revision before it",
}
"""Of the rule book."""

IN_IDENTITY: Final[dict[str, str]] = {
    "registers/matching/identity/agreement.py _end_after: at > last -> at >= last": (
        "the last place is a pair's, so that no word which only one name has stands there"
    ),
    "registers/matching/identity/holders.py _BEGINNING: 3 -> 2": FILTER,
    "registers/matching/identity/holders.py _BEGINNING: 3 -> 4": (
        "names that share their first three letters alone are neither the same letters nor the beginning of another, "
        "but for a name of three letters that fills a form"
    ),
    "registers/matching/identity/places.py _forms_of: len(long) > len(code) -> len(long) >= len(code)": (
        "no state has a name of as many letters as its code"
    ),
    "registers/matching/identity/slips.py _are_two: {word.text, second_word.text} <= own_words() -> "
    "{word.text, second_word.text} < own_words()": "two words are never the whole table",
    "registers/matching/identity/slips.py is_slip: text.isalpha() and second_text.isalpha() -> "
    "text.isalpha() or second_text.isalpha()": (
        "what is no word of letters begins with a figure, so that its first letter is not the other's"
    ),
}
"""Of the comparison of names with registered ones."""

IN_LOADING: Final[dict[str, str]] = {
    "registers/loading/plausibility.py _unlike_the_one_before: before is None or arrival.date_in_force is None -> "
    "before is None and arrival.date_in_force is None": "both are of the one version in force, or there is none",
}
"""Of the loading of registers."""

_CHANGES: Final = "registers/screening/changes.py"
IN_SCREENING: Final[dict[str, str]] = {
    f"{_CHANGES} _COARSE": "the margin of a filter, of which no single point is promised",
    f"{_CHANGES} _MOST_REMEMBERED": KEPT,
    f"{_CHANGES} _Changed.is_near: len(self._nearness) < _MOST_REMEMBERED -> len(self._nearness) <= _MOST_REMEMBERED": (
        KEPT
    ),
    f"{_CHANGES} _Changed.__init__: len(rows) < len(whole.rows) -> len(rows) <= len(whole.rows)": (
        "where every row changed, the same rows are indexed once more"
    ),
    f"{_CHANGES} changed_keys: keys.version < newest.get(keys.register, 0) -> "
    "keys.version <= newest.get(keys.register, 0)": ASKED_IN_VAIN,
    f"{_CHANGES} changed_names: name.version < newest.get(name.register, 0) -> "
    "name.version <= newest.get(name.register, 0)": ASKED_IN_VAIN,
    f"{_CHANGES} newly_listed: at > name.versions.get(register, 0) -> at >= name.versions.get(register, 0)": (
        "whoever was screened against the change is compared with it, and found to have been"
    ),
}
"""Of screening against the lists."""
