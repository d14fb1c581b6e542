"""Apply the rules to a payee a second time: straight from the publishers' files and the rules' table.

Nothing of the product is used here, neither its loaders nor its rule book, so that a fault in either shows.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.telling import confirms, form

APPROVED, REFERRED, RETURNED, DECLINED = "APPROVAL", "ELIGIBILITY", "PROPOSED", "DECLINED"

CHARITY = {"10", "11", "12", "13", "15", "16"}
OTHER_SUBSECTIONS = {f"{n:02}" for n in (*range(1, 28), 29, 40, 50, 60, 70, 71, 81, 92)} - {"03"}

TABLE: Final = {
    "charity": (APPROVED, APPROVED, APPROVED),
    "supporting": (APPROVED, APPROVED, APPROVED),
    "supporting, not integrated": (APPROVED, REFERRED, APPROVED),
    "supporting, type unknown": (APPROVED, REFERRED, REFERRED),
    "private foundation": (APPROVED, REFERRED, APPROVED),
    "exempt operating foundation": (APPROVED, REFERRED, APPROVED),
    "group subordinate": (APPROVED, APPROVED, APPROVED),
    "government": (APPROVED, REFERRED, APPROVED),
    "other exempt": (REFERRED, RETURNED, APPROVED),
    "unknown": (REFERRED, REFERRED, REFERRED),
    "foreign, unproved": (REFERRED, RETURNED, REFERRED),
    "foreign non-profit": (APPROVED, RETURNED, APPROVED),
    "foreign equivalent": (APPROVED, APPROVED, APPROVED),
    "foreign government": (APPROVED, REFERRED, APPROVED),
    "made by treaty": (APPROVED, REFERRED, APPROVED),
}
"""Rules table 2.4 for a public charity, a supporting organisation (aligned) and a private foundation.

What nothing proves is referred under every funder, before table 2.4 is asked (rules 3.4).
"""

ON_CONDITIONS: Final = {
    ("private foundation", "ISOC"), ("exempt operating foundation", "ISOC"), ("government", "ISOC"),
    ("private foundation", "SAMPLE-PF"),
    ("supporting, not integrated", "SAMPLE-PF"), ("other exempt", "SAMPLE-PF"),
    *(("group subordinate", funder) for funder in ("ISOC", "ISOC-FOUNDATION", "SAMPLE-PF")),
}  # fmt: skip
"""Cells of the table, as (class, funder), that allow a payment only with conditions."""

CAUTION: Final = (
    "unknown", "other exempt", "private foundation", "exempt operating foundation", "supporting, not integrated",
    "supporting, type unknown", "government", "group subordinate", "supporting", "charity",
)  # fmt: skip
"""The classes, the most cautious first: where two registers differ, the more cautious class counts."""

FUNDERS: Final = ("ISOC", "ISOC-FOUNDATION", "SAMPLE-PF")

FUNDER_NAMES: Final = frozenset({"Internet Society", "Internet Society Foundation", "Sample Private Foundation"})
STAFF: Final = frozenset({"Ana Silva", "Femi Ade", "Dora Kim", "Rosa Lund"})
"""Names in the sample's directory: a payee's people who bear them may be ours (rules 3.10)."""

EMBARGOED: Final = frozenset({"CU", "IR", "KP", "UA-43"})
"""Where nearly every transfer is forbidden (rules 3.2). Syria's embargo ended in 2025."""

NO_BODIES: Final = frozenset({"individual", "vessel", "aircraft"})
"""The kinds of entries of the SDN list that are no organisations."""

MOST_BEARERS: Final = 200
"""The bodies of one name beyond which its place tells nobody apart."""

NEVER_PAID: Final = frozenset({"INDIVIDUAL", "PRIVATE_COMPANY"})

PROOFS: Final = {
    "NONPROFIT": {"REGISTRATION": "foreign non-profit", "GOVERNING_INSTRUMENT": "foreign non-profit"},
    "GOVERNMENT": {"GOVERNMENT_STATUS": "foreign government"},
    "INTERNATIONAL_ORGANIZATION": {"TREATY_DESIGNATION": "foreign government", "TREATY": "made by treaty"},
}
"""What a paper proves of a foreign body, by the kind that it says it is (rules 3.4, 3.6). REGISTRATION is an extract of
a charities' register, REGISTRATION:COMPANY one of companies (rules 4.6)."""


class Body(NamedTuple):
    """An organisation or person, as a proposal describes it."""

    name: str
    ein: str = ""
    kind: str = "NONPROFIT"
    country: str = "US"
    papers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class Advice(NamedTuple):
    """An equivalency determination, with what may keep it from counting (rules 3.5)."""

    funder: str
    with_paper: bool = True
    lapsed: bool = False


class Asked(NamedTuple):
    """The question of a proposal: a funder, a payee and places, and the bodies that the payee supports in turn."""

    payee: Body
    funder: str
    places: tuple[str, ...] = ()
    advice: Advice | None = None
    supported: Body | None = None
    amount: int = 1000
    """In USD."""
    support: int = 0
    """The payee's support over four years in USD, as proposed; 0 if it is not given."""


class Expected(NamedTuple):
    """The stage that the rules lead to, and the class or other reason that decides."""

    stage: str
    because: str


SEVERITY: Final = (APPROVED, REFERRED, RETURNED, DECLINED)
"""The heaviest finding decides. What can be cured goes back to its proposer; a listed party cannot (rules 3.8)."""


class Registers:
    """The publishers' files, read without the product's loaders."""

    def __init__(self, data: Path) -> None:
        self.master = self._master(data)
        self.centrals = {row["GROUP"]: row for row in self.master.values() if row["AFFILIATION"] in {"6", "8"}}
        self.listed_names: dict[str, list[str]] = defaultdict(list)
        self.listed_places: dict[str, str] = {}
        self.listed = self._listed(data / "irs/pub78/data-download-pub78.txt")
        self.bearers = self._bearers()
        self.revoked = self._revoked(data / "irs/revocation/revocation-sample.txt")
        self.sanctioned = self._sanctioned(data / "ofac/2021-07")
        self.asked_about = self._asked_about(data / "ofac/2021-07")

    def expect(self, asked: Asked) -> Expected:
        """Return the outcome of the rules: the heaviest of all findings."""
        return max(self._findings(asked), key=lambda one: SEVERITY.index(one.stage))

    def _findings(self, asked: Asked) -> Iterator[Expected]:
        yield from self._on_payee(asked)
        bodies = (asked.payee, asked.supported) if asked.supported else (asked.payee,)
        yield from map(_at_place, (*asked.places, *(one.country for one in bodies)))
        if asked.supported:
            yield from self._on_supported(asked.supported)

    def _on_payee(self, asked: Asked) -> Iterator[Expected]:
        payee, column = asked.payee, FUNDERS.index(asked.funder)
        yield from self._whoever_it_is(payee)
        if payee.name in FUNDER_NAMES:
            yield Expected(RETURNED, "the funder itself")
        if STAFF & {*payee.people}:
            yield Expected(REFERRED, "one of us may stand behind it")
        if payee.country == "US":
            yield from self._on_listed(payee, asked.funder)
            yield from self._on_size(asked)
        else:
            yield from _on_foreign(asked, column)

    def _on_supported(self, body: Body) -> Iterator[Expected]:
        """Yield the findings on who gets the payee's money in turn, and is classed like a charity's payee."""
        yield from self._whoever_it_is(body)
        if body.country == "US":
            yield from self._on_listed(body, "ISOC")
        else:
            yield from _on_foreign(Asked(body, "ISOC"), 0)

    def _whoever_it_is(self, body: Body) -> Iterator[Expected]:
        if plain(body.name) in self.sanctioned:
            alone = plain(body.name) in self.asked_about
            yield Expected(REFERRED, "a name of no body") if alone else Expected(DECLINED, "sanctioned")
        if self.stands_revoked(body.ein):
            yield Expected(RETURNED, "revoked")
        if body.kind in NEVER_PAID:
            yield Expected(RETURNED, body.kind)

    def _on_listed(self, body: Body, funder: str) -> Iterator[Expected]:
        kinds = self.kinds(body.ein)
        if not kinds:
            yield Expected(REFERRED, "not found")
            return
        yield self._by_class(body.ein, kinds, funder)
        names = self.names(body.ein)
        if not confirms(body.name, names):
            yield Expected(REFERRED, "registered in another name")
        if self._is_shared(body):
            yield Expected(REFERRED, "others of its name, in its place or too many to tell")
        if form(body.name) - {one for name in names for one in form(name)}:
            yield Expected(REFERRED, "a company's form beside a declared non-profit")
        if body.kind == "INTERNATIONAL_ORGANIZATION":
            yield Expected(REFERRED, "registered, and yet it calls itself an international organisation")

    def _on_size(self, asked: Asked) -> Iterator[Expected]:
        """Yield the question on a publicly supported charity that gets more than its yearly revenue (rules 3.14)."""
        row = self.master.get(asked.payee.ein)
        kinds = self.kinds(asked.payee.ein)
        rests_on_support = row is not None and row["FOUNDATION"] in {"15", "16"}
        if row is None or not rests_on_support or not {*kinds} <= {"charity", "group subordinate"} or asked.support:
            return
        revenue = yearly_revenue(row)
        if revenue is None or asked.amount > revenue:
            yield Expected(REFERRED, "a grant that its payee's revenue does not bear out")

    def _by_class(self, ein: str, kinds: list[str], funder: str) -> Expected:
        kind, column = min(kinds, key=CAUTION.index), FUNDERS.index(funder)
        outcome = TABLE[kind][column]
        if outcome == APPROVED and kind == "group subordinate" and self.central(ein) is None:
            return Expected(REFERRED, "no central organisation")
        ways = {(TABLE[one][column], (one, funder) in ON_CONDITIONS) for one in _at_odds(kinds)}
        if outcome == APPROVED and len(ways) > 1:
            return Expected(REFERRED, "registers contradict each other")
        return Expected(outcome, kind)

    def kinds(self, ein: str) -> list[str]:
        """Return the class of recipient that each register gives."""
        row, codes = self.master.get(ein), self.listed.get(ein)
        found = [] if row is None else [self._kind_of_deductible(row)]
        if row is not None and row["FOUNDATION"] == "02" and codes == {"POF"}:
            return found  # the code for both kinds of operating foundation adds nothing (rules 3.3)
        return found + ([_kind_of_codes(codes)] if codes else [])

    def _bearers(self) -> dict[str, dict[str, str]]:
        """Return the numbers that bear a name, each with its city and state, by the name's `plain` form."""
        bearers: dict[str, dict[str, str]] = defaultdict(dict)
        for ein, listed in self.listed_names.items():
            for name in listed:
                bearers[plain(name)][ein] = self.listed_places[ein].upper()
        for ein, row in self.master.items():
            bearers[plain(row["NAME"])][ein] = f"{row['CITY']}, {row['STATE']}".upper()
        return bearers

    def _is_shared(self, body: Body) -> bool:
        """True if a place does not tell a body from others of its very name (rules 3.1)."""
        others = {ein: place for ein, place in self.bearers[plain(body.name)].items() if ein != body.ein}
        own = self.bearers[plain(body.name)].get(body.ein)
        return len(others) >= MOST_BEARERS or own in others.values()

    def address(self, ein: str) -> dict[str, Any] | None:
        """Return the address that the registers have for a number, as its body writes it in a proposal, or None."""
        if (row := self.master.get(ein)) is not None:
            return {"lines": [row["STREET"] or "PO Box", f"{row['CITY']}, {row['STATE']}"], "postcode": row["ZIP"]}
        return {"lines": [self.listed_places[ein]]} if ein in self.listed_places else None

    def names(self, ein: str) -> list[str]:
        """Return the names that the registers have for a number."""
        own = [self.master[ein]["NAME"]] if ein in self.master else []
        return own + self.listed_names.get(ein, [])

    def _kind_of_deductible(self, row: dict[str, str]) -> str:
        """Return the class of a row. Where it leaves deductibility undefined, its central organisation's counts."""
        undefined = row["SUBSECTION"] == "03" and row["DEDUCTIBILITY"] == "0"
        over = self.centrals.get(row["GROUP"]) if _is_subordinate(row) else None
        if undefined and (over is None or over["DEDUCTIBILITY"] in {"0", "2"}):
            return "unknown"
        return _kind_of_row(row)

    def central(self, ein: str) -> tuple[str, str] | None:
        """Return the name and EIN of the central organisation of a subordinate's group, if the files hold one."""
        row = self.centrals.get(self.master[ein]["GROUP"]) if ein in self.master else None
        return (row["NAME"], row["EIN"]) if row and not self.stands_revoked(row["EIN"]) else None

    def stands_revoked(self, ein: str) -> bool:
        """True if the exemption was revoked and not given back."""
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

    def _listed(self, path: Path) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for line in path.read_text("utf-8", errors="replace").splitlines():
            parts = line.split("|")
            if len(parts) == 6:
                found[parts[0]] |= set(parts[5].strip().split(","))
                self.listed_names[parts[0]].append(parts[1])
                self.listed_places.setdefault(parts[0], f"{parts[2]}, {parts[3]}")
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

    @staticmethod
    def _asked_about(folder: Path) -> frozenset[str]:
        """Return the names of listed individuals, ships and aircraft, by their `plain` form.

        An organisation that bears one is a question (rules 3.7).
        """
        with (folder / "sdn.csv").open(encoding="latin-1", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) > 2 and row[2].strip() in NO_BODIES]
        numbers = {row[0] for row in rows}
        with (folder / "alt.csv").open(encoding="latin-1", newline="") as file:
            aliases = [row[3] for row in csv.reader(file) if len(row) > 3 and row[0] in numbers]
        return frozenset(map(plain, (*(row[1] for row in rows), *aliases)))


def yearly_revenue(row: dict[str, str]) -> int | None:
    """Return the yearly revenue that the master file tells of. A filer of the postcard has at most 50,000."""
    written = row["REVENUE_AMT"] or row["INCOME_AMT"]
    if row["FILING_REQ_CD"] == "02" and written in {"", "0"}:
        return 50_000
    return int(written) if written else None


def _at_place(place: str) -> Expected:
    """Return the finding on a place, written as a country or as a region of one."""
    if place in EMBARGOED:
        return Expected(RETURNED, f"embargoed: {place}")
    if place == "UA":
        return Expected(REFERRED, "a region of Ukraine, and nobody said which")
    return Expected(APPROVED, "no embargo")


def _on_foreign(asked: Asked, column: int) -> Iterator[Expected]:
    yield Expected(TABLE[_kind_of_foreign(asked)][column], _kind_of_foreign(asked))
    if "REGISTRATION" in asked.payee.papers:
        return  # the charities' register decides (rules 4.6)
    if form(asked.payee.name):
        yield Expected(REFERRED, "a company's form beside a declared non-profit")
    if "REGISTRATION:COMPANY" in asked.payee.papers:
        yield Expected(REFERRED, "the number of a company beside a declared non-profit")


def _kind_of_foreign(asked: Asked) -> str:
    """Return the class that the papers prove. A determination that lacks anything is nothing (rules 3.4 to 3.6)."""
    advice, body = asked.advice, asked.payee
    if advice and advice.funder == asked.funder and advice.with_paper and not advice.lapsed:
        return "foreign equivalent"
    proofs = PROOFS.get(body.kind, {})
    unproved = "foreign, unproved" if body.kind == "NONPROFIT" else "unknown"
    return next((proofs[one] for one in body.papers if one in proofs), unproved)


def _at_odds(kinds: list[str]) -> list[str]:
    """Drop `charity` beside a finer class: Publication 78 lists subordinates and government units as charities, too."""
    finer = {"group subordinate", "government"} & {*kinds}
    return [kind for kind in kinds if kind != "charity"] if finer else kinds


def plain(name: str) -> str:
    """Return a name without case, punctuation and the order of its words. Legal forms are left as they are."""
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
    return "group subordinate" if _is_subordinate(row) and own == "charity" else own


def _is_subordinate(row: dict[str, str]) -> bool:
    return row["AFFILIATION"] in {"7", "9"} and row["GROUP"] != "0000"


def _kind_of_foundation(code: str) -> str:
    named = {
        "02": "exempt operating foundation",
        "14": "government",
        "17": "supporting, type unknown",
        "24": "supporting, not integrated",
    }
    if code in CHARITY:
        return "charity"
    if code in {"21", "22", "23"}:
        return "supporting"
    if code in {"03", "04"}:
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
    if codes == {"GROUP"}:  # a central organisation that holds a group letter (rules 3.3)
        return "charity"
    return next((kind for code, kind in order if code in codes), "unknown")
