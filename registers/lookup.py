"""Look up one EIN in the registers and return the result as evidence, with the rows as published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from domain.parties import Party
from domain.screening.identity import IdentityEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import (
    MasterFileEntry,
    NameEvidence,
    Publication78Entry,
    RevocationEntry,
    StatusEvidence,
)
from ledger import clock
from registers import Connection
from registers.history import NOW, RegisterAsOf, Row, rows_named, rows_of, source_of, versions_in_force
from registers.matching.recognition import recognition
from registers.matching.same_name import compare_names
from registers.naming import MOST, NamedRow, identity_of, name_keys_of, named_rows
from registers.sources.catalogue import REGISTERS
from registers.sources.irs import MASTER_FILE, PUBLICATION_78, REVOCATIONS
from registers.sources.kinds import Fields, parse_date

ABOUT_STATUS: Final = (MASTER_FILE.name, PUBLICATION_78.name, REVOCATIONS.name)
"""The registers that state an organisation's tax status."""


async def status_of(
    connection: Connection, party: Party, as_of: RegisterAsOf = NOW, *, with_places: bool = True
) -> StatusEvidence | None:
    """Return the registers' evidence on a party, now or as of a past date, or None if the party has no EIN.

    `with_places`: names are also compared by their places, and with others that have them.
    """
    if party.ein is None:
        return None
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        versions = await versions_in_force(connection, ABOUT_STATUS, as_of)
        evidence = await _looked_up(connection, party, party.ein, versions, with_places)
    return evidence if with_places else evidence.model_copy(update={"identity": ()})


async def identity_under(
    connection: Connection, party: Party, versions: tuple[RegisterVersion, ...]
) -> tuple[IdentityEvidence, ...]:
    """Return the comparison of a party's names with the rows of its EIN in some versions, in force or not any more."""
    if party.ein is None:
        return ()
    return (await _looked_up(connection, party, party.ein, versions, with_places=True)).identity


async def _looked_up(
    connection: Connection, party: Party, ein: str, versions: tuple[RegisterVersion, ...], with_places: bool
) -> StatusEvidence:
    rows_by_register = await rows_of(connection, versions, ein)
    name_keys = name_keys_of(party, own_rows(rows_by_register)) if with_places else ()
    other_rows = await rows_named(connection, versions, name_keys, ein, MOST) if name_keys else []
    return evidence_of(party, ein, versions, rows_by_register, other_rows)


def own_rows(rows_by_register: Mapping[str, Sequence[Row]]) -> tuple[NamedRow, ...]:
    """Return the rows of a number that name its body."""
    return named_rows(row for rows in rows_by_register.values() for row in rows)


def evidence_of(
    party: Party,
    ein: str,
    versions: tuple[RegisterVersion, ...],
    rows_by_register: Mapping[str, Sequence[Row]],
    other_rows: Sequence[Row],
) -> StatusEvidence:
    """Build the evidence from the versions asked and their rows by register name, from the database or the archive.

    `other_rows`: the rows under other numbers that have a name of the party's, as `rows_named` returns them.
    """
    master = next((_master_file(row) for row in rows_by_register.get(MASTER_FILE.name, ())), None)
    entries = tuple(_publication_78(row) for row in rows_by_register.get(PUBLICATION_78.name, ()))
    registered_names = [entry.name for entry in (master, *entries) if entry is not None]
    return StatusEvidence(
        ein=ein,
        asked=versions,
        asked_at=clock.now(),
        master_file=master,
        publication78=entries,
        revocations=_unreinstated_first(map(_revocation, rows_by_register.get(REVOCATIONS.name, ()))),
        name_agreement=_name_agreement(party, registered_names),
        names=_names(party, registered_names),
        known_as=_known_as(rows_by_register),
        identity=identity_of(
            party, own_rows(rows_by_register), named_rows(other_rows), too_many=len(other_rows) >= MOST
        ),
    )


_NAMED_IN: Final = {MASTER_FILE.name: (1, 27), PUBLICATION_78.name: (1,), REVOCATIONS.name: (1, 2)}
"""By register: the fields of a row that name the organisation. SORT_NAME and a trade name are further names."""

_NO_NAME: Final = frozenset({"SAME", "NONE", "N/A", "NA"})
"""Words in a field for names that name nobody."""


def _known_as(rows_by_register: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """Return every name in the rows, each once: of more than a letter, and no number."""
    fields = (
        (_parsed(row), _NAMED_IN[register]) for register in _NAMED_IN for row in rows_by_register.get(register, ())
    )
    names = dict.fromkeys(_readable(row_fields[place]) for row_fields, places in fields for place in places)
    return tuple(name for name in names if len(re.findall(r"[^\W\d_]", name)) > 1 and name.upper() not in _NO_NAME)


def _readable(name: str) -> str:
    """Return a name in one line of the length that a party's may have."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:140]


def _unreinstated_first(entries: Iterable[RevocationEntry]) -> tuple[RevocationEntry, ...]:
    """Sort the rows without a reinstatement first, since the first of several rows with the same dates decides."""
    return tuple(sorted(entries, key=lambda entry: entry.reinstated_on is not None))


def _name_agreement(party: Party, registered_names: list[str]) -> float:
    known_as = (party.name, *party.also_known_as)
    return max((recognition(a, name) for a in known_as for name in registered_names), default=0.0)


def _names(party: Party, registered_names: list[str]) -> tuple[NameEvidence, ...]:
    name_evidences = [_compared(party.name, name, further=False) for name in dict.fromkeys(registered_names)]
    more = (
        _compared(further_name, name, further=True)
        for further_name in party.also_known_as
        for name in dict.fromkeys(registered_names)
    )
    return (*name_evidences, *(evidence for evidence in more if evidence.confirms))


def _compared(given_name: str, registered_name: str, further: bool) -> NameEvidence:
    comparison = compare_names(given_name, registered_name)
    return NameEvidence(
        given=given_name,
        registered=registered_name,
        further=further,
        confirms=comparison.confirms,
        explanation=comparison.explained(),
    )


def _parsed(row: Row) -> Fields:
    return REGISTERS[row["register"]].kind(row["kind"]).parse(row["row"])


def _master_file(row: Row) -> MasterFileEntry:
    fields = _parsed(row)
    return MasterFileEntry(
        name=fields[1],
        state=fields[5],
        group_number=fields[7],
        subsection=fields[8],
        affiliation=fields[9],
        deductibility=fields[12],
        foundation=fields[13],
        status=fields[16],
        filing=fields[20],
        revenue=_amount(fields[25]) if fields[25] else _amount(fields[24]),
        source=source_of(row),
    )


def _amount(amount_text: str) -> Decimal | None:
    """Return an amount in whole dollars, or None if the register leaves it out or writes no number."""
    return Decimal(amount_text) if re.fullmatch(r"-?[0-9]{1,15}", amount_text) else None


def _publication_78(row: Row) -> Publication78Entry:
    fields = _parsed(row)
    codes = tuple(code.strip() for code in fields[5].split(",") if code.strip())
    return Publication78Entry(name=fields[1], codes=codes, source=source_of(row))


def _revocation(row: Row) -> RevocationEntry:
    fields = _parsed(row)
    effective, day = parse_date(fields[9]), parse_date(fields[10])
    if effective is None or day is None:
        raise ValueError(f"the revocation row of EIN {fields[0]} lost its dates after it was loaded")
    return RevocationEntry(
        name=fields[1],
        effective_on=effective,
        posted_on=day,
        reinstated_on=parse_date(fields[11]),
        source=source_of(row),
    )
