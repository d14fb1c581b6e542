"""Find people of the directory who may stand behind a party (rules 3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.directory.directory import Directory
from domain.parties import Party, PartyKind
from domain.screening.matches import Namesake
from registers.matching.namesakes import may_be_one_person


def namesakes_of(parties: Iterable[Party], directory: Directory) -> tuple[Namesake, ...]:
    """Return the people of the directory whose names a person among these parties bears, each once, sorted."""
    namesakes = dict.fromkeys(_namesakes(parties, directory))
    return tuple(sorted(namesakes, key=lambda namesake: (namesake.staff_id, namesake.name, namesake.of)))


def _namesakes(parties: Iterable[Party], directory: Directory) -> Iterator[Namesake]:
    people = [party for party in parties if party.kind is PartyKind.INDIVIDUAL]
    for person in people:
        for name in (person.name, *person.also_known_as):
            for member in directory.staff:
                if may_be_one_person(name, member.name):
                    yield Namesake(staff_id=member.staff_id, name=name, of=person.behind or person.known_as)
