"""Check evidence for its age: no newer version is in force, none is too old, and nothing is asked since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.directory.lists import ListRule
from domain.directory.tiers import HouseRules, asks_public_offices, watched_in
from domain.fault import Fault
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.screened import countries_in
from domain.screening.sources import RegisterVersion
from payments import Connection
from records.directory import DirectoryRepository
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS
from registers.sources.catalogue import LISTS


class Registers(NamedTuple):
    """The register versions in force when they were read."""

    in_force: tuple[RegisterVersion, ...]

    @property
    def versions(self) -> frozenset[int]:
        """The numbers of the versions. A number is unique across all registers."""
        return frozenset(version.version for version in self.in_force)


async def read_registers(connection: Connection) -> Registers:
    """Return the versions in force of all registers that a payment depends on."""
    return Registers(await versions_in_force(connection, (*ABOUT_STATUS, *LISTS)))


async def unknown_versions(connection: Connection, verification: Verification) -> list[str]:
    """Return, as "REGISTER version N", each version that the evidence names but that was never loaded."""
    versions = {version.version: version for event in verification.everything for version in event.asked}
    rows = await connection.fetch(
        "SELECT version, register, sha256 FROM registers.versions WHERE version = ANY ($1)", list(versions)
    )
    known_versions = {(row["version"], row["register"], row["sha256"]) for row in rows}
    return [
        f"{register_version.register_name} version {register_version.version}"
        for register_version in versions.values()
        if (register_version.version, register_version.register_name, register_version.sha256) not in known_versions
    ]


def newer_than(
    registers: Registers, verification: Verification, relied_on: Iterable[RegisterVersion], rule: ListRule
) -> list[str]:
    """Return the names of the registers whose version in force is newer than any in `verification` or `relied_on`.

    `rule`: the organisation's rule on lists. One that does not bind it is not asked, however new it is.
    """
    newest: dict[str, int] = {}
    for version in (*(version for event in verification.everything for version in event.asked), *relied_on):
        newest[version.register_name] = max(newest.get(version.register_name, 0), version.version)
    register_names = {*rule.lists, *(ABOUT_STATUS if verification.looked_up else ())}
    return [
        version.register_name
        for version in registers.in_force
        if version.register_name in register_names and version.version > newest.get(version.register_name, 0)
    ]


def too_old(registers: Registers, verification: Verification, on: date, rule: ListRule) -> str:
    """Return as text the registers that were consulted in versions too old on a day, with the dates, or ''."""
    return ", ".join(RULE_BOOK.too_old(verification, on, rule, registers.in_force))


def asked_since(
    rules: HouseRules | None, proposal: Proposal | None, verification: Verification, on: date
) -> Fault | None:
    """Return the reason why the organisation's rules ask more than the look that evidence is of, or None."""
    countries = countries_in(proposal) if proposal is not None else frozenset[str]()
    for row in watched_in(rules, countries, on):
        if row not in verification.watched:
            return Fault(f"nobody looked at it since it is known of {row}")
    if asks_public_offices(rules) and not verification.public_offices_asked:
        return Fault("nobody looked at it since people behind a payee are asked for their public offices")
    return None


async def clearances_fell(registrar: DirectoryRepository, verification: Verification) -> bool:
    """True if a near match is recorded as cleared, but none of its recorded clearances is valid any more."""
    for match in verification.screening.matches:
        if match.cleared_by and match.pair:
            stands = await registrar.cleared_by(match.pair)
            if set(match.cleared_by).isdisjoint(stands):
                return True
    return False
