"""`python -m bench.names`: how often a name confirms a number: on real returns, and on pairs made from the master file.

A half of the names on returns was tuned on, and the other is shown. Aims: rules 3.1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.names.judging import PEERS, Judge, address_of, confirmed_before, registered
from bench.names.pairs import COUNT, Draw, Kind, Pair, pairs
from bench.names.returns import Body, Group, OnReturn, Shelf, bodies, is_another, is_written_otherwise, on_returns
from bench.names.slips import FileWords, file_words
from domain.screening.identity import Agreement
from registers.matching.identity.agreement import compare_written
from registers.matching.identity.registered_name import RegisteredName

out = Console(highlight=False, width=140)

NEAR: Final = 100
"""Rows with a name's rarest words that are tried as another number of it."""

ROUNDS: Final = 3
"""Wrong numbers that each name is tried beside."""

RULED_IN_PLACE: Final = 1_000
"""Public charities whose names are tried beside the rows near them."""


class Line(NamedTuple):
    """A line of the table: a number of so many, and its aim."""

    what: str
    number: int
    total: int
    aim: str = ""
    met: Callable[[float], bool] | None = None

    @property
    def share(self) -> float:
        """Percent."""
        return 100 * self.number / self.total if self.total else 0.0


def _at_least(aim: float) -> Callable[[float], bool]:
    return lambda share: share >= aim


def _at_most(aim: float) -> Callable[[float], bool]:
    return lambda share: share <= aim


MADE_AIMS: Final = MappingProxyType(
    {
        Kind.OWN: (">= 97", _at_least(97.0)),
        Kind.OTHER: ("<= 0.5", _at_most(0.5)),
        Kind.NAMED_AFTER: ("<= 0", _at_most(0.0)),
    }
)
"""The aims of made pairs. Names misspelt as others' have none: the rule leaves some of them to a person."""


def main() -> int:
    """Print the shares. The exit code is 0 only if all aims are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    parser.add_argument("--draw", type=Draw, choices=list(Draw), default=Draw.SHOWING)
    parser.add_argument("--count", type=int, default=COUNT, help="organisations of the made pairs")
    parser.add_argument("--wrong", type=int, default=0, help="print so many pairs of each line that went wrong")
    chosen = parser.parse_args()
    by_ein = bodies(chosen.data / "irs/bmf")
    trial = Trial(by_ein, chosen.draw, chosen.wrong)
    names = on_returns(chosen.data / "irs/returns/names-on-returns-2021.csv", by_ein, chosen.draw)
    made = sorted((body.ein, body.name) for body in by_ein.values())
    lines = [
        *trial.true_pairs(names),
        *trial.wrong_numbers(names),
        *trial.others_that_confirm(names),
        *trial.made(list(pairs(made, words_in(by_ein), chosen.draw, chosen.count))),
    ]
    out.print(
        f"{len(by_ein):,} rows of the master file, {len(names):,} names on returns: the {chosen.draw} half. The"
        " comparison was tuned on the tuning half alone; the address is that in the row of the name's own body."
    )
    return say(lines)


def words_in(by_ein: Mapping[str, Body]) -> FileWords:
    """Return the words of the master file."""
    rows = by_ein.values()
    return file_words((row.name for row in rows), (row.city for row in rows), (row.care_of for row in rows))


class Trial:
    """The counts over one half of the names."""

    def __init__(self, by_ein: dict[str, Body], draw: Draw, wrong: int) -> None:
        self._by_ein, self._draw, self._wrong = by_ein, draw, wrong
        self._judge, self._shelf = Judge(by_ein), Shelf(by_ein)

    def true_pairs(self, names: Sequence[OnReturn]) -> Iterator[Line]:
        """Yield how many names confirm their own number, at their own address, at none, and at another."""
        at_home = {pair: self._judge.confirm(pair.name, pair.body, address_of(pair.body)) for pair in names}
        aims = {Group.CHARITIES: 94.0, Group.SUBORDINATES: 70.0, Group.ALL: 88.0}
        for group, aim in aims.items():
            of_group = [pair for pair in names if group.has(pair.body)]
            confirmed = [pair for pair in of_group if at_home[pair].confirms]
            self._say(f"not confirmed, {group}", [pair for pair in of_group if not at_home[pair].confirms])
            yield Line(f"own number, {group}", len(confirmed), len(of_group), f">= {aim:g}", _at_least(aim))
            before = sum(confirmed_before(pair, pair.body) for pair in of_group)
            yield Line("  before edition 2026.6", before, len(of_group))
            for peer, confirms in PEERS.items():
                yield Line(f"  {peer}", sum(confirms(pair.name, pair.body.name) for pair in of_group), len(of_group))
        otherwise = [pair for pair in names if is_written_otherwise(pair)]
        yield Line("  of those written otherwise", sum(at_home[pair].confirms for pair in otherwise), len(otherwise))
        same = [pair for pair in names if at_home[pair].judgement.agreement is Agreement.SAME]
        stale = [pair for pair in same if at_home[pair].rivals]
        charities = [pair for pair in same if Group.CHARITIES.has(pair.body)]
        yield Line("the same name, and others have it: asked if the address is stale too", len(stale), len(same))
        of_charities = sum(Group.CHARITIES.has(pair.body) for pair in stale)
        yield Line("  of independent public charities", of_charities, len(charities))
        alike = [pair for pair in names if at_home[pair].judgement.agreement is Agreement.ALIKE]
        yield Line("asked for an address where none is given", len(stale) + len(alike), len(names))

    def wrong_numbers(self, names: Sequence[OnReturn]) -> Iterator[Line]:
        """Yield how many names confirm the number of a body that shares a word and is called otherwise."""
        wrong = [pair for number in range(ROUNDS) for pair in self._shelf.wrong(names, f"{self._draw} {number}")]
        ruled = [(pair, other, self._judge.confirm(pair.name, other, address_of(pair.body))) for pair, other in wrong]
        confirmed = [(pair, other) for pair, other, ruling in ruled if ruling.confirms]
        self._say("a wrong number confirmed", confirmed)
        yield Line("a wrong number that shares a word", len(confirmed), len(wrong), "<= 0.02", _at_most(0.02))
        yield Line("  before edition 2026.6", sum(confirmed_before(pair, other) for pair, other in wrong), len(wrong))
        for peer, confirms in PEERS.items():
            yield Line(f"  {peer}", sum(confirms(pair.name, other.name) for pair, other in wrong), len(wrong))

    def others_that_confirm(self, names: Sequence[OnReturn]) -> Iterator[Line]:
        """Yield how many charities' names confirm any other number whose name is really another."""
        charities = [pair for pair in names if Group.CHARITIES.has(pair.body)][:RULED_IN_PLACE]
        near = {pair: list(self._near(pair)) for pair in charities}
        asked = [(pair, other) for pair, others in near.items() for other in others if self._confirms(pair, other)]
        self._say("another number confirmed", asked)
        with_other = {pair for pair, _ in asked}
        yield Line(
            "a charity of whose name another number is confirmed", len(with_other), len(near), "<= 0.5", _at_most(0.5)
        )
        before = sum(any(confirmed_before(pair, other) for other in others) for pair, others in near.items())
        yield Line("  before edition 2026.6, without a place", before, len(near))
        by_name = sum(
            any(compare_written(pair.name, registered(other)).agreement is Agreement.SAME for other in others)
            for pair, others in near.items()
        )
        yield Line("  by its name alone", by_name, len(near))

    def _near(self, pair: OnReturn) -> Iterator[Body]:
        for other in self._shelf.near(pair.name, NEAR):
            if other.ein != pair.body.ein and is_another(pair, other):
                yield other

    def _confirms(self, pair: OnReturn, other: Body) -> bool:
        if compare_written(pair.name, registered(other)).agreement is Agreement.OTHER:
            return False  # nearly all of them: who else has the name need not be looked for
        return self._judge.confirm(pair.name, other, address_of(pair.body)).confirms

    def made(self, made: Sequence[Pair]) -> Iterator[Line]:
        """Yield how many pairs that were made of the master file confirm, at the same address."""
        agreeing = [(pair, _agrees(pair)) for pair in made]
        for kind in Kind:
            aim, met = MADE_AIMS.get(kind, ("", None))
            agreements = [(pair, agrees) for pair, agrees in agreeing if pair.kind is kind]
            wanted = kind in {Kind.OWN, Kind.ANOTHERS}
            self._say(f"made: {kind.name}", [pair for pair, agrees in agreements if agrees is not wanted])
            yield Line(f"made: {kind}", sum(agrees for _, agrees in agreements), len(agreements), aim, met)

    def _say(self, what: str, wrong: Sequence[object]) -> None:
        for pair in wrong[: self._wrong]:
            out.print(f"{what}: {_told(pair)}", markup=False, soft_wrap=True)


def _agrees(pair: Pair) -> bool:
    """True if a made pair would be confirmed at the body's own address, without a namesake."""
    return compare_written(pair.given, RegisteredName(pair.registered)).agreement is not Agreement.OTHER


def _told(pair: object) -> str:
    match pair:
        case OnReturn(name, body):
            more = f"{body.second_name} | {body.city} {body.state} | {body.affiliation}"
            return f"{name} | {body.name} | {more} | {compare_written(name, registered(body)).explanation}"
        case (OnReturn() as given, Body() as other):
            own = f"{given.name} ({given.body.name}, {given.body.city})"
            return f"{own} | {other.name} | {other.second_name} | {other.city}"
        case Pair(_, how, name, given):
            return f"{how} | {name} | {given}"
        case _:
            return str(pair)


def say(lines: Sequence[Line]) -> int:
    """Print the lines, and return the exit code."""
    table = Table("Pairs", "Count", "Of", "Percent", "Aim", "Met")
    for line in lines:
        met = "" if line.met is None else "yes" if line.met(line.share) else "no"
        table.add_row(line.what, f"{line.number:,}", f"{line.total:,}", f"{line.share:.3f}", line.aim, met)
    out.print(table)
    return 0 if all(line.met is None or line.met(line.share) for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
