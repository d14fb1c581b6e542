"""Lines of a board's book: each partnership with money out, by what a board groups it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final

import pycountry

from domain.money.amounts import ZERO
from domain.parties import PartyKind
from domain.partnership.stages import ENDED
from publishing.awards import TO_A_PERSON
from publishing.board.shares import BoardShare, ShareKind, shares_of, sum_of_shares
from publishing.cases import GrantCase, Stand
from publishing.figures import EventSum
from publishing.withholding import Openness, verdict_of

WITHHELD: Final = "Withheld"
NOT_SAID: Final = "Not said"
SEVERAL: Final = "Several countries"
NO_FUND: Final = "No fund"


class BoardLine:
    """A partnership in a board's book."""

    def __init__(self, case: GrantCase, stand: Stand, objectives: Mapping[str, str]) -> None:
        self.case = case
        self.shares: tuple[BoardShare, ...] = shares_of(case.entries, stand.funder.funder_id)
        self._on = stand.on
        self._objectives = objectives
        self._openness = verdict_of(case).openness

    @property
    def is_listed(self) -> bool:
        """True unless the partnership itself says why nothing of it is published: then it counts in sums alone."""
        return self._openness is not Openness.NOTHING

    @property
    def is_open(self) -> bool:
        """True if the partnership has not ended."""
        return self.case.partnership.stage not in ENDED

    @property
    def is_to_a_person(self) -> bool:
        """True if the payee is a natural person."""
        return self.case.out.payee.kind is PartyKind.INDIVIDUAL

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of its sums, or that of the proposal if nothing of it is agreed."""
        return tuple(sorted({share.currency for share in self.shares} or {self.case.out.currency}))

    @property
    def title(self) -> str | None:
        """Its title, or words for it where the title names somebody."""
        if self.is_to_a_person:
            return TO_A_PERSON
        return self.case.people.public(self.case.partnership.proposed.title)

    @property
    def payee(self) -> str | None:
        """The payee's name, unless it is a natural person's."""
        return None if self.is_to_a_person else self.case.people.public(self.case.out.payee.name)

    @cached_property
    def objective(self) -> str:
        """The objective in the organisation's words, or its code where the directory has no words for it."""
        code = self.case.partnership.proposed.public_interest.objective
        return self._objectives.get(code, code) if code is not None else NOT_SAID

    @cached_property
    def programme(self) -> str:
        """The programme that pays for it."""
        return self.case.out.programme or NOT_SAID

    @cached_property
    def country(self) -> str:
        """The country of the activity: of the leg, or else of the community, or else the payee's own."""
        community = self.case.partnership.proposed.public_interest.community
        places = self.case.out.places or (community.places if community is not None else ())
        codes = {place.country for place in places}
        if not codes and not self.is_to_a_person:
            codes = {self.case.out.payee.country}
        if len(codes) > 1:
            return SEVERAL
        return country_name(*codes) if codes else NOT_SAID

    @property
    def days(self) -> int | None:
        """The days for which an open partnership has been at its stage."""
        reached = self.case.reached
        return max((self._on - reached.on).days, 0) if self.is_open and reached is not None else None

    def figure(self, kind: ShareKind, currency: str) -> EventSum:
        """Return one of its sums in a currency."""
        return sum_of_shares(currency, self.of_kind(kind))

    def of_kind(self, *kinds: ShareKind) -> tuple[BoardShare, ...]:
        """Return its shares of some kinds."""
        return tuple(share for share in self.shares if share.kind in kinds)

    def ahead(self) -> tuple[BoardShare, ...]:
        """Return the shares of the instalments of which something is ahead still."""
        sums: dict[tuple[object, ...], Decimal] = {}
        ahead = self.of_kind(ShareKind.AHEAD)
        for share in ahead:
            sums[_promise(share)] = sums.get(_promise(share), ZERO) + share.amount
        return tuple(share for share in ahead if sums[_promise(share)])


def board_lines(cases: Iterable[GrantCase], stand: Stand, objectives: Mapping[str, str]) -> tuple[BoardLine, ...]:
    """Return the lines of a funder's partnerships, by reference."""
    own_cases = (case for case in cases if case.out.funder == stand.funder.funder_id)
    return tuple(BoardLine(case, stand, objectives) for case in sorted(own_cases, key=lambda case: case.reference))


def country_name(code: str) -> str:
    """Return a country's short name in English."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country is not None else code


def next_due(line: BoardLine) -> date | None:
    """Return the earliest day of an instalment that is ahead, or None."""
    days = (share.promise.due for share in line.ahead() if share.promise is not None and share.promise.due is not None)
    return min(days, default=None)


def _promise(share: BoardShare) -> tuple[object, ...]:
    return share.currency, share.fund, share.promise
