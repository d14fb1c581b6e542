"""How the house confirms the names on returns, and how its peers would, over one file of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rapidfuzz import fuzz, utils

from bench.names.returns import Body, OnReturn
from registers.matching.identity.confirming import Confirmation, confirmation, keys_to_ask, rivals_among
from registers.matching.identity.keys import key_of
from registers.matching.identity.places import GivenPlace, RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName, member_of_group, names_somebody
from registers.matching.identity.written_name import read_written
from registers.matching.same_name import compare_names
from registers.naming import MOST


def registered(body: Body) -> RegisteredName:
    """Return a row as the product reads it."""
    place = RegisteredPlace(body.city, body.state, body.postal_code)
    return RegisteredName(body.name, body.second_name, member_of_group(body.affiliation), body.care_of, place)


def address_of(body: Body) -> GivenPlace:
    """Return the address in a row, as its body would write it."""
    return GivenPlace((f"{body.city}, {body.state} {body.postal_code[:5]}",), body.postal_code)


class Judge:
    """Confirms names over the rows of a master file."""

    def __init__(self, by_ein: Mapping[str, Body]) -> None:
        self._by_key: dict[int, list[Body]] = defaultdict(list)
        for body in by_ein.values():
            self._by_key[key_of(body.name)].append(body)
            second_key = key_of(body.second_name) if names_somebody(body.second_name) else 0
            if second_key:
                self._by_key[second_key].append(body)

    def confirm(self, name: str, body: Body, place: GivenPlace | None) -> Confirmation:
        """Return whether a name at an address confirms the number of a row."""
        given, row = read_written(name), registered(body)
        others = {
            other.ein: registered(other)
            for key in keys_to_ask(given, row)
            for other in self._by_key.get(key, ())
            if other.ein != body.ein
        }
        rivals = rivals_among(given, place, list(others.items())[:MOST])
        return confirmation(given, place, row, rivals, too_many=len(others) >= MOST)


def confirmed_before(pair: OnReturn, body: Body) -> bool:
    """True if the comparison of editions before 2026.6 confirms a name: word by word, without a place."""
    return compare_names(pair.name, body.name).confirms


PEERS: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {
        "rapidfuzz WRatio >= 90": lambda name, other: fuzz.WRatio(name, other, processor=utils.default_process) >= 90,
        "rapidfuzz token_sort_ratio >= 90": lambda name, other: (
            fuzz.token_sort_ratio(name, other, processor=utils.default_process) >= 90
        ),
    }
)
"""Other comparisons of two names, each with a threshold that its users take."""
