"""Apply the rules to a payee a second time: straight from the publishers' files and the rules' table.

Nothing of the product is used here, neither its loaders nor its rule book, so that a fault in either shows.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

APPROVED, REFERRED, DECLINED = "APPROVAL", "ELIGIBILITY", "DECLINED"

CHARITY = {"10", "11", "12", "13", "15", "16"}
OTHER_SUBSECTIONS = {f"{n:02}" for n in (*range(1, 28), 29, 40, 50, 60, 70, 71, 81, 92)} - {"03"}

TABLE: Final = {
    "charity": (APPROVED, APPROVED, APPROVED),
    "supporting": (APPROVED, APPROVED, APPROVED),
    "supporting, not integrated": (APPROVED, REFERRED, APPROVED),
    "supporting, type unknown": (APPROVED, REFERRED, REFERRED),
    "private foundation": (APPROVED, REFERRED, APPROVED),
    "group subordinate": (APPROVED, APPROVED, APPROVED),
    "government": (APPROVED, REFERRED, APPROVED),
    "other exempt": (REFERRED, DECLINED, APPROVED),
    "unknown": (REFERRED, REFERRED, REFERRED),
}
"""Rules table 2.4 for a public charity, a supporting organisation (aligned) and a private foundation."""

ON_CONDITIONS: Final = {
    ("private foundation", "ISOC"), ("government", "ISOC"), ("private foundation", "SAMPLE-PF"),
    ("supporting, not integrated", "SAMPLE-PF"), ("other exempt", "SAMPLE-PF"),
    *(("group subordinate", funder) for funder in ("ISOC", "ISOC-FOUNDATION", "SAMPLE-PF")),
}  # fmt: skip
"""Cells of the table, as (class, funder), that allow a payment only with conditions."""

CAUTION: Final = (
    "unknown", "other exempt", "private foundation", "supporting, not integrated", "supporting, type unknown",
    "government", "group subordinate", "supporting", "charity",
)  # fmt: skip
"""The classes, the most cautious first: where two registers differ, the more cautious class counts."""

FUNDERS: Final = ("ISOC", "ISOC-FOUNDATION", "SAMPLE-PF")


class Expected(NamedTuple):
    """The stage that the rules lead to, and the class or other reason that decides."""

    stage: str
    because: str


class Registers:
    """The publishers' files, read without the product's loaders."""

    def __init__(self, data: Path) -> None:
        self.master = self._master(data)
        self.centrals = {row["GROUP"]: row for row in self.master.values() if row["AFFILIATION"] in {"6", "8"}}
        self.listed = self._listed(data / "irs/pub78/data-download-pub78.txt")
        self.revoked = self._revoked(data / "irs/revocation/revocation-sample.txt")
        self.sanctioned = self._sanctioned(data / "ofac/2021-07")

    def expect(self, name: str, ein: str, funder: str) -> Expected:
        """Return the outcome of the rules for one payee."""
        if plain(name) in self.sanctioned:
            return Expected(DECLINED, "sanctioned")
        if self._stands_revoked(ein):
            return Expected(DECLINED, "revoked")
        kinds, column = self.kinds(ein), FUNDERS.index(funder)
        if not kinds:
            return Expected(REFERRED, "not found")
        kind = min(kinds, key=CAUTION.index)
        outcome = TABLE[kind][column]
        if outcome == APPROVED and kind == "group subordinate" and self.central(ein) is None:
            return Expected(REFERRED, "no central organisation")
        ways = {(TABLE[one][column], (one, funder) in ON_CONDITIONS) for one in _at_odds(kinds)}
        if outcome == APPROVED and len(ways) > 1:
            return Expected(REFERRED, "registers contradict each other")
        return Expected(outcome, kind)

    def kinds(self, ein: str) -> list[str]:
        """Return the class of recipient that each register gives."""
        found = [_kind_of_row(self.master[ein])] if ein in self.master else []
        return found + ([_kind_of_codes(self.listed[ein])] if ein in self.listed else [])

    def central(self, ein: str) -> tuple[str, str] | None:
        """Return the name and EIN of the central organisation of a subordinate's group, if the files hold one."""
        row = self.centrals.get(self.master[ein]["GROUP"]) if ein in self.master else None
        return (row["NAME"], row["EIN"]) if row and not self._stands_revoked(row["EIN"]) else None

    def _stands_revoked(self, ein: str) -> bool:
        rows = sorted(self.revoked.get(ein, []))
        return bool(rows) and rows[-1][2] is None

    @staticmethod
    def _master(data: Path) -> dict[str, dict[str, str]]:
        rows: dict[str, dict[str, str]] = {}
        for path in sorted((data / "irs/bmf").glob("*.csv")):
            with path.open(encoding="latin-1", newline="") as file:
                for row in csv.DictReader(file):
                    rows.setdefault(row["EIN"], row)
        return rows

    @staticmethod
    def _listed(path: Path) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for line in path.read_text("utf-8", errors="replace").splitlines():
            parts = line.split("|")
            if len(parts) == 6:
                found[parts[0]] |= set(parts[5].strip().split(","))
        return found

    @staticmethod
    def _revoked(path: Path) -> dict[str, list[tuple[Any, Any, Any]]]:
        def day(text: str) -> Any:
            return datetime.strptime(text.strip(), "%d-%b-%Y") if text.strip() else None  # noqa: DTZ007

        found: dict[str, list[tuple[Any, Any, Any]]] = defaultdict(list)
        for line in path.read_text("latin-1").splitlines():
            parts = line.split("|")
            if len(parts) == 12:
                found[parts[0]].append((day(parts[9]), day(parts[10]), day(parts[11])))
        return found

    @staticmethod
    def _sanctioned(folder: Path) -> dict[str, str]:
        """Return every listed name as it is published, by its `plain` form."""
        names: dict[str, str] = {}
        for file_name, column in (("sdn.csv", 1), ("alt.csv", 3)):
            with (folder / file_name).open(encoding="latin-1", newline="") as file:
                names |= {plain(row[column]): row[column] for row in csv.reader(file) if len(row) > column}
        return names


def _at_odds(kinds: list[str]) -> list[str]:
    """Drop `charity` beside a finer class: Publication 78 lists subordinates and government units as charities, too."""
    finer = {"group subordinate", "government"} & {*kinds}
    return [kind for kind in kinds if kind != "charity"] if finer else kinds


def plain(name: str) -> str:
    """Return a name without case, punctuation and the order of its words; legal forms are left as they are."""
    return " ".join(sorted(re.findall(r"[a-z0-9]+", name.lower().replace(".", "").replace("'", ""))))


def _kind_of_row(row: dict[str, str]) -> str:
    codes = row["STATUS"], row["DEDUCTIBILITY"], row["AFFILIATION"]
    if codes[0] not in {"01", "02", "12", "25"} or codes[1] not in set("0124") or codes[2] not in set("1236789"):
        return "unknown"
    if row["SUBSECTION"] in OTHER_SUBSECTIONS:
        return "other exempt"
    if row["SUBSECTION"] != "03":
        return "unknown"
    if codes[0] in {"12", "25"} or codes[1] == "2":
        return "unknown"
    own = _kind_of_foundation(row["FOUNDATION"])
    subordinate = row["AFFILIATION"] in {"7", "9"} and row["GROUP"] != "0000"
    return "group subordinate" if subordinate and own == "charity" else own


def _kind_of_foundation(code: str) -> str:
    named = {"14": "government", "17": "supporting, type unknown", "24": "supporting, not integrated"}
    if code in CHARITY:
        return "charity"
    if code in {"21", "22", "23"}:
        return "supporting"
    if code in {"02", "03", "04"}:
        return "private foundation"
    return named.get(code, "unknown")


def _kind_of_codes(codes: set[str]) -> str:
    order = (
        ("SONFI", "supporting, not integrated"),
        ("SOUNK", "supporting, type unknown"),
        ("SO", "supporting"),
        ("PF", "private foundation"),
        ("POF", "private foundation"),
        ("PC", "charity"),
    )
    return next((kind for code, kind in order if code in codes), "unknown")
