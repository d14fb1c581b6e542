"""Names that a number confirmed, or did not, and of which the registers in force say something else (rules 3.1, R29).

A name alone tells a body only while no other number has it. So a body of that name which is listed later touches
whoever was looked up before, though nothing changed under their own number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from domain.parties import Party
from domain.screening.identity import IdentityEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from registers import Connection
from registers.lookup import ABOUT_STATUS, identity_under
from registers.matching.identity.confirming import keys_to_ask
from registers.matching.identity.registered_name import RegisteredName, member_of_group
from registers.matching.identity.written_name import read_written
from registers.screening.changes import AskedName, changed_names
from registers.sources.catalogue import REGISTERS

_NAMING: Final = tuple(name for name in ABOUT_STATUS if any(kind.named is not None for kind in REGISTERS[name].kinds))
"""The registers of status whose rows name a body by a key."""


class ComparedName(NamedTuple):
    """A name of a body, and the name in a row of its number."""

    given: str
    registered: str
    is_member: bool
    """True if the row is a member of a group, whose name is often the whole group's."""


class RuledBody(NamedTuple):
    """A body that was looked up by its number, and whether its name confirmed that number."""

    party: Party
    """Its names, number and address alone."""
    versions: dict[str, int]
    """The version of each register that was asked, by the register's name."""
    names: tuple[ComparedName, ...]
    is_confirmed: bool

    @property
    def number(self) -> str:
        """The number by which it was looked up."""
        return self.party.ein or ""

    @property
    def name_keys(self) -> frozenset[int]:
        """The keys under which others of its name were looked for."""
        rows = ((name.given, RegisteredName(name.registered, is_member=name.is_member)) for name in self.names)
        return frozenset(key for given, row_name in rows for key in keys_to_ask(read_written(given), row_name))


def ruled_body(party: Party, status: StatusEvidence) -> RuledBody | None:
    """Return a party with the ruling of its evidence, or None if its name was not compared with others'.

    Its legal name alone is asked: a further name confirms no number.
    """
    own_names = [compared for compared in status.identity if not compared.further]
    if not own_names or party.ein != status.ein:
        return None
    master = status.master_file
    group = master.name if master is not None and member_of_group(master.affiliation) else None
    return RuledBody(
        party=_bare(party),
        versions={version.register_name: version.version for version in status.asked},
        names=tuple(ComparedName(name.given, name.registered, name.registered == group) for name in own_names),
        is_confirmed=confirms(status.identity),
    )


def _bare(party: Party) -> Party:
    return Party(
        name=party.name,
        kind=party.kind,
        country=party.country,
        ein=party.ein,
        also_known_as=party.also_known_as,
        address=party.address,
    )


def confirms(comparisons: Iterable[IdentityEvidence]) -> bool:
    """True if one of a body's comparisons confirms its number: then no rule asks about its name."""
    return any(compared.confirms and not compared.further for compared in comparisons)


async def ruled_otherwise(
    connection: Connection, in_force: Sequence[RegisterVersion], bodies: Sequence[tuple[str, RuledBody]]
) -> set[str]:
    """Return the partnerships with a body whose name confirms its number by now and did not, or the other way round.

    `bodies`: each with the id of its partnership. Only those are compared anew of whose name a row came or ended.
    """
    versions = tuple(version for version in in_force if version.register_name in ABOUT_STATUS)
    asked_names = [name for place, (_, body) in enumerate(bodies) for name in _asked(place, body)]
    touched_ids: set[str] = set()
    for place in sorted(await changed_names(connection, versions, asked_names)):
        partnership_id, body = bodies[place]
        if partnership_id not in touched_ids:
            is_confirmed = confirms(await identity_under(connection, body.party, versions))
            touched_ids |= {partnership_id} if is_confirmed is not body.is_confirmed else set()
    return touched_ids


def _asked(place: int, body: RuledBody) -> Iterator[AskedName]:
    for name_key in sorted(body.name_keys):
        for register in _NAMING:
            yield AskedName(place, register, body.number, body.versions.get(register, 0), name_key)
