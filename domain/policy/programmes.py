"""Entries of sanctions lists by what they forbid: not everybody who is listed is blocked (rules 4.8).

Everybody on the SDN list and on the lists of the United Nations and the European Union is blocked, whatever the
programme. OFAC's consolidated list holds several lists in one, which only the programmes of an entry tell apart (OFAC,
"program tag definitions"), and the UK Sanctions List says of each entry what is imposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from domain.directory.lists import SanctionsList
from domain.parties import Party, PrincipalRole
from domain.screening.matches import SanctionsMatch


class Effect(StrEnum):
    """The effect of a listing on a payment, the strictest first."""

    BLOCKED = "BLOCKED"
    """All property is blocked: nothing is paid, and nothing is sent back (31 CFR 501.603)."""
    FORBIDDEN = "FORBIDDEN"
    """The transaction is forbidden and rejected, but property is not blocked (31 CFR 501.604)."""
    UNKNOWN = "UNKNOWN"
    """The table does not know the programme, or the programme has directives of both kinds: a person looks."""
    CORRESPONDENT = "CORRESPONDENT"
    """Only accounts of banks with it are forbidden or restricted: it matters where it carries the payment."""
    SECURITIES = "SECURITIES"
    """Only its securities or new debt are forbidden, which no grant and no joint work is."""
    OTHER = "OTHER"
    """Only dealings are forbidden that no grant and no joint work is, such as its travel, or its ships in ports."""


STOPS: Final = frozenset({Effect.BLOCKED, Effect.FORBIDDEN})
"""The effects under which no payment and no joint work is possible."""

FREE_FOR_BANKS: Final = frozenset({Effect.SECURITIES, Effect.OTHER})
"""The effects that are written down, and stand against nothing."""

NOTED: Final = FREE_FOR_BANKS | {Effect.CORRESPONDENT}
"""The effects that are written down, and stand against nothing but a bank that would carry the payment."""


class Programme(NamedTuple):
    """A programme of the consolidated list."""

    effect: Effect
    what: str
    """The prohibition, in words."""
    citation: str


_DEBT = "new debt and equity, and projects for oil from the deep sea, the Arctic and shale"
_SECURITIES = "trade in its securities"
_EVADERS = "any transaction with it"

PROGRAMMES: Final[dict[str, Programme]] = {
    "FSE-IR": Programme(Effect.FORBIDDEN, _EVADERS, "E.O. 13608"),
    "FSE-SY": Programme(Effect.FORBIDDEN, _EVADERS, "E.O. 13608"),
    "FSE-WMD": Programme(Effect.FORBIDDEN, _EVADERS, "E.O. 13608"),
    "NS-PLC": Programme(
        Effect.FORBIDDEN, "transfers of money to and from it", "31 CFR parts 594, 595 and 597, general license 4 (b)"
    ),
    "561-Related": Programme(Effect.CORRESPONDENT, "correspondent and payable-through accounts", "31 CFR part 561"),
    "CAPTA": Programme(Effect.CORRESPONDENT, "correspondent and payable-through accounts", "31 CFR parts 561 and 566"),
    "CMIC-EO13959": Programme(Effect.SECURITIES, _SECURITIES, "E.O. 13959 as amended by E.O. 14032"),
    "NS-CMIC": Programme(Effect.SECURITIES, _SECURITIES, "E.O. 13959 as amended by E.O. 14032"),
    "SSI": Programme(Effect.SECURITIES, _DEBT, "E.O. 13662, directives 1 to 4"),
    "UKRAINE-EO13662": Programme(Effect.SECURITIES, _DEBT, "E.O. 13662, directives 1 to 4"),
}
"""By tag, as the list writes it or as the list of that programme is called [M]."""

_BESIDE_SSI: Final = "RUSSIA-EO14024"
_SSI: Final = frozenset({"UKRAINE-EO13662", "SSI"})
"""Beside these, E.O. 14024 is its debt directives (1 and 3). Alone it may be directive 4, which forbids all."""

_UK_ACT: Final = "Sanctions and Anti-Money Laundering Act 2018"
_UK_SHIPS: Final = Programme(Effect.OTHER, "dealings with ships and aircraft", f"{_UK_ACT}, s. 7")
_UK_PERSON_LOOKS: Final = f"{_UK_ACT}, and the regulations of the regime"

UK_MEASURES: Final[dict[str, Programme]] = {
    "asset freeze": Programme(
        Effect.BLOCKED, "dealing with its funds, and making funds available to it", f"{_UK_ACT}, s. 3"
    ),
    "trust services sanctions": Programme(Effect.UNKNOWN, "trust services", _UK_PERSON_LOOKS),
    "director disqualification sanction": Programme(Effect.UNKNOWN, "directing a company", _UK_PERSON_LOOKS),
    "prevention of business arrangements": Programme(Effect.UNKNOWN, "business arrangements", _UK_PERSON_LOOKS),
    "closure of representative offices": Programme(Effect.UNKNOWN, "representative offices", _UK_PERSON_LOOKS),
    "travel ban": Programme(Effect.OTHER, "entering the United Kingdom", f"{_UK_ACT}, s. 4"),
    "arms embargo": Programme(Effect.OTHER, "trade in arms", f"{_UK_ACT}, s. 5"),
    "targeted arms embargo": Programme(Effect.OTHER, "trade in arms", f"{_UK_ACT}, s. 5"),
    "chartering of ships": _UK_SHIPS,
    "crew servicing of ships and aircraft": _UK_SHIPS,
    "deflag": _UK_SHIPS,
    "prevention of chartering of ships": _UK_SHIPS,
    "prevention of chartering of ships and aircraft": _UK_SHIPS,
    "prohibition of port entry": _UK_SHIPS,
    "specification as a ship": _UK_SHIPS,
    "technical assistance related to aircraft": _UK_SHIPS,
}
"""By what the UK Sanctions List says is imposed, in small letters [M]."""

_UNKNOWN_MEASURE: Final = Programme(Effect.UNKNOWN, "what this release does not know", _UK_PERSON_LOOKS)

_EU_FREEZE: Final = Programme(
    Effect.BLOCKED, "dealing with its funds, and making funds available to it", "the regulation that lists it"
)
"""The Commission lists there only those who are subject to an asset freeze: others of Regulation 833/2014 are not."""

_UNKNOWN: Final = Programme(Effect.UNKNOWN, "what this release does not know", "31 CFR chapter V")
_WEIGHT: Final = {effect: place for place, effect in enumerate(Effect)}


def programmes_of(match: SanctionsMatch) -> tuple[str, ...]:
    """Return the programmes of a matched entry. Evidence from before edition 2026.5 has them as its row writes them."""
    return match.programmes or split_programmes(match.programme)


def split_programmes(field_text: str) -> tuple[str, ...]:
    """Return the programmes in a field of OFAC's, which writes several as `A] [B`."""
    return tuple(filter(None, (part.strip() for part in re.split(r"[\[\]]", field_text))))


def effect_of(match: SanctionsMatch) -> Effect:
    """Return the effect of a match on a payment: the strictest of its entry's programmes."""
    return told_by(match).effect


BLOCKED_SHARE: Final = Decimal(50)
"""The share, in per cent, from which what blocked persons together own is blocked too (rules 2.9)."""


def blocked(party: Party, matches: Iterable[SanctionsMatch]) -> tuple[SanctionsMatch, ...]:
    """Return the confirmed matches for which all that a party has is blocked: its own, or of those who own half."""
    blocking_matches = [match for match in matches if match.is_confirmed and effect_of(match) is Effect.BLOCKED]
    own_matches = tuple(match for match in blocking_matches if match.party in {party.name, *party.also_known_as})
    listed_names = {match.party for match in blocking_matches}
    owners = [
        principal
        for principal in party.principals
        if principal.role is PrincipalRole.OWNER and principal.name in listed_names
    ]
    if own_matches or sum((principal.share or Decimal(0) for principal in owners), Decimal(0)) < BLOCKED_SHARE:
        return own_matches
    return tuple(match for match in blocking_matches if match.party in {owner.name for owner in owners})


def unjudged(party: Party, matches: Iterable[SanctionsMatch]) -> tuple[SanctionsMatch, ...]:
    """Return the matches of a party, or of who stands behind it, of which a person must still say who it is."""
    names = {name for bearer in party.with_principals for name in (bearer.name, *bearer.also_known_as)}
    return tuple(
        match
        for match in matches
        if match.party in names and not match.is_confirmed and not match.cleared_by and effect_of(match) not in NOTED
    )


def told_by(match: SanctionsMatch) -> Programme:
    """Return the programme of a matched entry that decides."""
    match match.source.register_version.register_name:
        case SanctionsList.OFAC_CONSOLIDATED:
            names = programmes_of(match)
            deciding = [name for name in names if not (name == _BESIDE_SSI and not _SSI.isdisjoint(names))]
            return _strictest(PROGRAMMES.get(name, _UNKNOWN) for name in deciding)
        case SanctionsList.UNITED_KINGDOM:
            return _strictest(UK_MEASURES.get(name.casefold(), _UNKNOWN_MEASURE) for name in programmes_of(match))
        case SanctionsList.EUROPEAN_UNION:
            return _EU_FREEZE
        case _:
            return Programme(Effect.BLOCKED, "all dealings", "31 CFR part 501")


def _strictest(programmes: Iterable[Programme]) -> Programme:
    """Return the programme that forbids most. Of an entry without any, nobody knows what it forbids."""
    return min(programmes, key=lambda programme: _WEIGHT[programme.effect], default=_UNKNOWN)
