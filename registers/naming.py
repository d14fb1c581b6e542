"""The evidence on a party's names: each beside the rows of its number, its address, and others that have the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from domain.parties import Party
from domain.screening.identity import Agreement, IdentityEvidence, OtherBearer
from registers.history import Row
from registers.matching.identity.confirming import Rival, confirmation, keys_to_ask, rivals_among
from registers.matching.identity.places import GivenPlace, RegisteredPlace
from registers.matching.identity.registered_name import RegisteredName, member_of_group
from registers.matching.identity.written_name import read_written
from registers.sources.catalogue import REGISTERS
from registers.sources.irs import MASTER_FILE, PUBLICATION_78
from registers.sources.kinds import Fields

MOST: Final = 200
"""Rows of one name that are compared. Where there are more, the name alone tells nobody from the others."""

_NAMED: Final = 5
"""Other numbers that evidence names."""


class NamedRow(NamedTuple):
    """A row of a register that names a body."""

    ein: str
    listed_since: int
    name: RegisteredName


def named_rows(rows: Iterable[Row]) -> tuple[NamedRow, ...]:
    """Return the rows that name a body, each number's once: the master file's row says more than Publication 78's."""
    rows_by_name: dict[tuple[str, str], NamedRow] = {}
    for row in sorted(rows, key=lambda row: row["register"] != MASTER_FILE.name):
        if (read := _READ.get(row["register"])) is not None:
            fields = REGISTERS[row["register"]].kind(row["kind"]).parse(row["row"])
            row_name = NamedRow(fields[0], row["listed_since"], read(fields))
            rows_by_name.setdefault((row_name.ein, row_name.name.name), row_name)
    return tuple(rows_by_name.values())


def _of_master_file(fields: Fields) -> RegisteredName:
    place = RegisteredPlace(fields[4], fields[5], fields[6])
    return RegisteredName(fields[1], fields[27], member_of_group(fields[9]), fields[2], place)


def _of_publication_78(fields: Fields) -> RegisteredName:
    return RegisteredName(fields[1], place=RegisteredPlace(fields[2], fields[3]))


_READ: Final = {MASTER_FILE.name: _of_master_file, PUBLICATION_78.name: _of_publication_78}
"""By register: the function that reads the name and the place in a row."""


def name_keys_of(party: Party, own_rows: Sequence[NamedRow]) -> tuple[int, ...]:
    """Return the keys under which others of a party's names are looked for."""
    keys = (key for name in party.names for row in own_rows for key in keys_to_ask(read_written(name), row.name))
    return tuple(dict.fromkeys(keys))


def identity_of(
    party: Party, own_rows: Sequence[NamedRow], other_rows: Sequence[NamedRow], *, too_many: bool = False
) -> tuple[IdentityEvidence, ...]:
    """Return the comparison of a party's names with each row of its number. Further names are kept where they agree.

    `others`: the rows under other numbers that `name_keys_of` leads to. `too_many`: there are more of them.
    """
    return tuple(_identities(party, own_rows, other_rows, too_many))


def _identities(
    party: Party, own_rows: Sequence[NamedRow], other_rows: Sequence[NamedRow], too_many: bool
) -> Iterator[IdentityEvidence]:
    for name in party.names:
        for row in own_rows:
            evidence = _identity(name, _given_place(party), row, other_rows, too_many)
            if name == party.name or evidence.agreement is not Agreement.OTHER:
                yield evidence.model_copy(update={"further": name != party.name})


def _identity(
    name: str, place: GivenPlace | None, row: NamedRow, other_rows: Sequence[NamedRow], too_many: bool
) -> IdentityEvidence:
    writing = read_written(name)
    rivals = rivals_among(writing, place, ((other_row.ein, other_row.name) for other_row in other_rows))
    answer = confirmation(writing, place, row.name, rivals, too_many=too_many)
    since = {(other_row.ein, other_row.name): other_row.listed_since for other_row in other_rows}
    return IdentityEvidence(
        given=name,
        registered=row.name.name,
        place=str(row.name.place or ""),
        agreement=answer.judgement.agreement,
        ruling=answer.ruling,
        explanation=answer.judgement.explanation,
        others=tuple(_bearer(rival, since) for rival in answer.rivals[:_NAMED]),
    )


def _bearer(rival: Rival, since: Mapping[tuple[str, RegisteredName], int]) -> OtherBearer:
    name = rival.name
    listed_since = since[rival.ein, name]
    return OtherBearer(ein=rival.ein, name=name.name, place=str(name.place or ""), listed_since=listed_since)


def _given_place(party: Party) -> GivenPlace | None:
    return GivenPlace(party.address.lines, party.address.postcode) if party.address is not None else None
