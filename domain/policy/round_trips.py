"""Money that comes back to its giver: a donor that is payee, vendor or owner of one (rules 3.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from domain.parties import Party, PrincipalRole
from domain.proposal import FundsOut

_CORPORATE: Final = frozenset({"inc", "incorporated", "corp", "corporation", "the"})


def got_back_by(donor: Party, out: FundsOut) -> tuple[str, ...]:
    """Return the names on a leg that are its donor's: of who gets the money, who benefits, and who owns any of these.

    A number tells two bodies of one name apart.
    """
    return tuple(dict.fromkeys(name for name, ein in _named_on(out) if _is_donor(donor, name, ein)))


def is_same(name: str, other_name: str) -> bool:
    """True if two names have the same words, whatever their order, and whether incorporated or not."""
    a, b = _telling(name), _telling(other_name)
    return a == b if a else name.casefold() == other_name.casefold()


def _named_on(out: FundsOut) -> Iterator[tuple[str, str | None]]:
    for party in (out.payee, *out.supported):
        yield from ((name, party.ein) for name in (party.name, *party.also_known_as))
        yield from ((principal.name, None) for principal in party.principals if principal.role is PrincipalRole.OWNER)
    yield from ((beneficiary.name, None) for beneficiary in (out.benefit.beneficiaries if out.benefit else ()))


def _is_donor(donor: Party, name: str, ein: str | None) -> bool:
    if donor.ein and ein:
        return donor.ein == ein
    return any(is_same(donor_name, name) for donor_name in (donor.name, *donor.also_known_as))


def _telling(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", name.casefold())) - _CORPORATE
