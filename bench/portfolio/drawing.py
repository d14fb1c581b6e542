"""Draw the cases of `make bench-portfolio`: what the registers hold, and the questions of the rules that they do not.

Of twenty cases in a row, five are payees as the registers have them, four give a name that may be another's, three are
foreign, two support others in turn, two act at some place, two meet a rare code, one asks for a sum that is large
beside its payee, one is of another kind.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.portfolio.independent import FUNDERS, Advice, Asked, Body, Expected, Registers, yearly_revenue
from bench.telling import BODIES, COMMON, confirms, form, is_another, reordered, words

SHARES: Final = (
    "registers", "names", "foreign", "registers", "supported", "codes", "names", "places", "registers", "foreign",
    "codes", "names", "size", "supported", "registers", "foreign", "names", "places", "registers", "kinds",
)  # fmt: skip
"""The questions of twenty cases in a row."""

COUNTRIES: Final = ("KE", "GB", "ZA", "IN", "LK", "TZ")
PLACES: Final = ("KP", "CU", "IR", "UA", "UA-43", "UA-30", "SY")
"""Embargoed countries, Ukraine without a region, Crimea, Kyiv, and Syria, whose embargo ended."""

SAMPLE: Final = 4000
"""Public charities that stand in for a payee about which only the question is open."""


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal to make, and the outcome that is expected."""

    reference: str
    asked: Asked
    drawn_as: str
    expected: Expected
    central: tuple[str, str] | None
    addresses: Mapping[str, dict[str, Any] | None]
    """The addresses of its bodies, by EIN."""

    @property
    def question(self) -> str:
        """The question that it was drawn for."""
        return self.drawn_as.split(":")[0]


Pairs = list[tuple[str, str]]
Way = Callable[[str], Asked]
"""Makes a proposal under a funder."""


def draw(registers: Registers, count: int, seed: int) -> list[Case]:
    """Draw cases: in each question every way in turn, each time it comes round under another funder."""
    questions, asked_before = Questions(registers, random.Random(seed)).all(), Counter[str]()
    return [_case(registers, number, questions, asked_before) for number in range(count)]


def _case(registers: Registers, number: int, questions: dict[str, dict[str, Way]], asked_before: Counter[str]) -> Case:
    question = SHARES[number % len(SHARES)]
    turn, way = divmod(asked_before[question], len(questions[question]))
    asked_before[question] += 1
    how = list(questions[question])[way]
    shift = 0 if question == "registers" else way
    asked = questions[question][how](FUNDERS[(turn + shift) % len(FUNDERS)])
    expected, central = registers.expect(asked), registers.central(asked.payee.ein)
    bodies = (asked.payee, *((asked.supported,) if asked.supported else ()))
    addresses = {body.ein: registers.address(body.ein) for body in bodies}
    return Case(f"P-2026-{number + 1:05}", asked, f"{question}: {how}", expected, central, addresses)


class Questions:
    """The ways in which each question is asked. Each way draws another payee whenever it is called."""

    def __init__(self, registers: Registers, chance: random.Random) -> None:
        self._registers = registers
        self._chance = chance
        self._charities = chance.sample(list(_charities(registers)), SAMPLE)
        supported = [(name, ein) for name, ein in _charities(registers) if _rests_on_support(registers.master[ein])]
        self._small = [one for one in supported if 1000 < (yearly_revenue(registers.master[one[1]]) or 0) < 20_000]
        self._postcards = [one for one in supported if yearly_revenue(registers.master[one[1]]) == 50_000]
        self._by_name = sorted((row["NAME"], ein) for ein, row in registers.master.items())
        self._numbers = iter(range(1, 10**6))

    def all(self) -> dict[str, dict[str, Way]]:
        """Return the ways by question."""
        return {
            "registers": self._drawn_from(pools_of(self._registers)),
            "names": self._names(),
            "places": {place: self._acts_at(place) for place in PLACES},
            "codes": self._drawn_from(codes_of(self._registers)),
            "kinds": self._kinds(),
            "foreign": self._foreign(),
            "supported": self._supported(),
            "size": self._size(),
        }

    def _drawn_from(self, pools: dict[str, Pairs]) -> dict[str, Way]:
        return {kind: self._one_of(pool) for kind, pool in pools.items()}

    def _one_of(self, pool: Pairs) -> Way:
        return lambda funder: Asked(Body(*self._chance.choice(pool)), funder)

    def _names(self) -> dict[str, Way]:
        ways = {
            "its own, reordered": lambda name: reordered(name),
            "another's": lambda name: self._chance.choice(self._charities)[0],
            "the next in the alphabet": lambda name: self._neighbour(name),
            "one word of it": lambda name: self._chance.choice(name.split()),
            "a company's form": lambda name: f"{name} {self._chance.choice(('LLC', 'GmbH', 'Ltd', 'Pty Ltd'))}",
            "its friends": lambda name: f"Friends of {name}",
            "its foundation": lambda name: f"{name} Foundation",
        }
        return {how: self._renamed(how, way) for how, way in ways.items()}

    def _renamed(self, how: str, way: Callable[[str], str]) -> Way:
        """Return a way that gives a name beside the number of another. A name within a slip's reach is drawn again."""

        def asked(funder: str) -> Asked:
            while True:
                name, ein = self._telling_charity()
                given, registered = way(name), self._registers.names(ein)
                clear = confirms if how == "its own, reordered" else is_another
                if 1 < len(given) <= 140 and clear(given, registered):
                    return Asked(Body(given, ein), funder)

        return asked

    def _telling_charity(self) -> tuple[str, str]:
        """Return a charity of three telling words or more, none of them a form, an initial, or another body's."""
        while True:
            name, ein = self._chance.choice(self._charities)
            telling, plain = words(name) - COMMON, not (words(name) & BODIES or form(name))
            if plain and len(telling) > 2 and all(len(word) > 1 for word in name.split()):
                return name, ein

    def _neighbour(self, name: str) -> str:
        """Return a registered name that begins like this one."""
        at = next(number for number, pair in enumerate(self._by_name) if pair[0] == name)
        near = self._by_name[max(at - 3, 0) : at + 4]
        return self._chance.choice([one for one, _ in near if one != name] or [name])

    def _charity(self) -> Body:
        return Body(*self._chance.choice(self._charities))

    def _acts_at(self, place: str) -> Way:
        return lambda funder: Asked(self._charity(), funder, places=(place,))

    def _kinds(self) -> dict[str, Way]:
        return {
            "an individual": lambda funder: Asked(Body(self._invented("Wambui Achterberg"), kind="INDIVIDUAL"), funder),
            "an international organisation by its own word": lambda funder: Asked(
                self._charity()._replace(kind="INTERNATIONAL_ORGANIZATION"), funder
            ),
            "a company": lambda funder: Asked(Body(self._invented("Fibre Works"), kind="PRIVATE_COMPANY"), funder),
            "a charity with one of us on its board": lambda funder: Asked(
                self._charity()._replace(people=("Ana Silva",)), funder
            ),
            "the funder itself": lambda funder: Asked(self._charity()._replace(name="Internet Society"), "ISOC"),
        }

    def _foreign(self) -> dict[str, Way]:
        return {
            "no paper": lambda funder: Asked(self._abroad(), funder),
            "registration": lambda funder: Asked(self._abroad("REGISTRATION"), funder),
            "determination": lambda funder: Asked(self._abroad("REGISTRATION"), funder, advice=Advice(funder)),
            "another funder's determination": lambda funder: Asked(
                self._abroad("REGISTRATION"), funder, advice=Advice(next(one for one in FUNDERS if one != funder))
            ),
            "determination without its paper": lambda funder: Asked(
                self._abroad("REGISTRATION"), funder, advice=Advice(funder, with_paper=False)
            ),
            "determination that lapsed": lambda funder: Asked(
                self._abroad("REGISTRATION"), funder, advice=Advice(funder, lapsed=True)
            ),
            "company's form": lambda funder: Asked(self._abroad("GOVERNING_INSTRUMENT", form=" GmbH"), funder),
            "company's form, in a charities' register": lambda funder: Asked(
                self._abroad("REGISTRATION", form=" Ltd"), funder
            ),
            "company's extract": lambda funder: Asked(self._abroad("REGISTRATION:COMPANY"), funder),
            "company's extract beside its charter": lambda funder: Asked(
                self._abroad("GOVERNING_INSTRUMENT", "REGISTRATION:COMPANY"), funder
            ),
            "government by its statute": lambda funder: Asked(
                self._abroad("GOVERNMENT_STATUS", kind="GOVERNMENT"), funder
            ),
            "government by its covenant": lambda funder: Asked(
                self._abroad("CHARITABLE_COVENANT", kind="GOVERNMENT"), funder
            ),
            "made by treaty": lambda funder: Asked(
                self._abroad("TREATY", kind="INTERNATIONAL_ORGANIZATION"), funder
            ),
        }  # fmt: skip

    def _supported(self) -> dict[str, Way]:
        gone = sorted(filter(self._registers.stands_revoked, self._registers.revoked))
        bodies: dict[str, Callable[[], Body]] = {
            "listed": self._charity,
            "revoked": lambda: Body(self._invented("Lakeshore Readers"), self._chance.choice(gone)),
            "in no register": lambda: Body(self._invented("Hilltop Learners"), f"97{next(self._numbers):07}"),
            "company": lambda: Body(self._invented("Fibre Works"), kind="PRIVATE_COMPANY"),
            "listed in another name": lambda: self._charity()._replace(name=self._invented("Hilltop Learners")),
            "abroad, registered": lambda: self._abroad("REGISTRATION"),
            "abroad, no paper": self._abroad,
            "embargoed country": lambda: self._abroad("REGISTRATION")._replace(country="CU"),
        }
        return {how: self._supports(body) for how, body in bodies.items()}

    def _size(self) -> dict[str, Way]:
        """Return the ways to ask for a sum that is large beside a small payee, which files a return or a postcard."""
        return {
            "its yearly revenue": lambda funder: self._sized(funder, 0),
            "above its yearly revenue": lambda funder: self._sized(funder, 1),
            "above it, a quarter of its support": lambda funder: self._sized(funder, 1, share=4),
            "above it, a third of its support": lambda funder: self._sized(funder, 1, share=3),
            "a postcard's limit": lambda funder: Asked(self._filer_of_postcards(), funder, amount=50_000),
            "above a postcard's limit": lambda funder: Asked(self._filer_of_postcards(), funder, amount=50_001),
        }

    def _sized(self, funder: str, above: int, share: int = 0) -> Asked:
        name, ein = self._chance.choice(self._small)
        amount = (yearly_revenue(self._registers.master[ein]) or 0) + above
        return Asked(Body(name, ein), funder, amount=amount, support=share * amount)

    def _filer_of_postcards(self) -> Body:
        return Body(*self._chance.choice(self._postcards))

    def _supports(self, body: Callable[[], Body]) -> Way:
        return lambda funder: Asked(self._charity(), funder, supported=body())

    def _abroad(self, *papers: str, kind: str = "NONPROFIT", form: str = "") -> Body:
        name = self._invented("Mikumba Rural Readers") + form
        return Body(name, kind=kind, country=self._chance.choice(COUNTRIES), papers=papers)

    def _invented(self, name: str) -> str:
        return f"{name} {next(self._numbers)}"


def _charities(registers: Registers) -> Iterator[tuple[str, str]]:
    """Yield independent public charities, the same in both registers, whose name confirms itself."""
    for ein, row in registers.master.items():
        plain = row["AFFILIATION"] == "3" and row["DEDUCTIBILITY"] == "1" and ein not in registers.revoked
        if plain and registers.kinds(ein) == ["charity", "charity"] and confirms(row["NAME"], [row["NAME"]]):
            yield row["NAME"], ein


def _rests_on_support(row: dict[str, str]) -> bool:
    return row["FOUNDATION"] in {"15", "16"}


def codes_of(registers: Registers) -> dict[str, Pairs]:
    """Return the candidates whose codes edition 2026.4 reads anew (rules 3.3), by code."""
    found: dict[str, Pairs] = {
        "GROUP alone": [
            (registers.listed_names[ein][0], ein) for ein, of in registers.listed.items() if of == {"GROUP"}
        ]
    }
    for ein, row in registers.master.items():
        if row["SUBSECTION"] == "03" and row["DEDUCTIBILITY"] == "0":
            found.setdefault(_undefined(registers, row), []).append((row["NAME"], ein))
        elif row["SUBSECTION"] == "03" and row["FOUNDATION"] == "02":
            private = "PF" in registers.listed.get(ein, ())
            found.setdefault("foundation 02" + ", and PF" * private, []).append((row["NAME"], ein))
    return found


def _undefined(registers: Registers, row: dict[str, str]) -> str:
    """Return the kind of a charity whose deductibility is undefined: it has a central organisation, or has not."""
    over = registers.centrals.get(row["GROUP"])
    if row["AFFILIATION"] not in {"7", "9"}:
        return "deductibility 0"
    if over is None:
        return "deductibility 0 of a subordinate whose central organisation no file has"
    return f"deductibility 0 of a subordinate, and {over['DEDUCTIBILITY']} of its central organisation"


def pools_of(registers: Registers) -> dict[str, Pairs]:
    """Return the candidates as the registers have them, as (name, EIN), by kind of payee."""
    pools: dict[str, Pairs] = {}
    for ein, row in registers.master.items():
        if row["SUBSECTION"] != "03":
            pools.setdefault(f"subsection {row['SUBSECTION']}", []).append((row["NAME"], ein))
        elif row["AFFILIATION"] in {"7", "9"}:
            pools.setdefault("group subordinate", []).append((row["NAME"], ein))
        else:
            pools.setdefault(f"foundation {row['FOUNDATION']}", []).append((row["NAME"], ein))
    entities = sorted(name for name in registers.sanctioned.values() if 8 < len(name) < 100)
    pools["sanctioned"] = [(name, f"99{number:07}") for number, name in enumerate(entities)]
    pools["in no list"] = [(f"Organisation {n} in no list", f"98{n:07}") for n in range(500)]
    pools["revoked"] = [(f"Revoked {ein}", ein) for ein in registers.revoked if ein not in registers.master]
    return {kind: pools[kind] for kind in sorted(pools)}
