"""The screening of parties: matches with listed names, and namesakes among the organisation's own people."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from domain.directory.lists import DEFAULT_DAYS, OFAC_AND_UN, ListRule
from domain.screening.sources import RegisterVersion, Source
from domain.values import (
    Moment,
    Since,
    StaffId,
    Value,
    is_empty,
    is_none,
)


class MatchKind(StrEnum):
    """The closeness of a match with a sanctions list."""

    EXACT = "EXACT"
    """The same name or alias if case, accents, punctuation, word order and legal form are ignored."""
    NEAR = "NEAR"
    """The names are so similar that a second person must judge the match (R27)."""


FOR: Final = " for "
"""The separator between the person who cleared a match and the one who lent them the role."""


class SanctionsMatch(Value):
    """A match of a party's name with a listed name."""

    explanation: Annotated[tuple[str, ...], Since("2026.3")] = ()
    """The comparison word by word, and the comparison of country and date of birth."""
    pair: Annotated[str, Since("2026.3")] = ""
    """The digest of the screened party and the listed entity: the subject of a clearance."""
    cleared_by: Annotated[tuple[str, ...], Since("2026.3")] = ()
    """The people who cleared the match: each as `person`, or `person for lender` if the role was lent."""
    entry: Annotated[str, Since("2026.3"), Field(exclude_if=is_empty)] = ""
    """The digest of everything that the list says of the entity: with another digest, the match must be judged anew."""
    certain: Annotated[bool, Since("2026.4"), Field(exclude_if=bool)] = True
    """False if the same name is all that agrees: of a person without a date of birth, or of words in another order."""
    programmes: Annotated[tuple[str, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """Every programme of the entity on its list, by which some lists forbid more than others. See `programme`."""
    party: str
    listed_name: str
    entity: str
    programme: str
    """The programmes as one row of the entity writes them."""
    kind: MatchKind
    score: float
    source: Source

    @property
    def is_confirmed(self) -> bool:
        """True if it is the listed one by more than a person's name: nobody clears that (rules 3.7)."""
        return self.kind is MatchKind.EXACT and self.certain

    def without_clearances_by(self, people: frozenset[str]) -> SanctionsMatch:
        """Return the match without the clearances by these people, or by others in a role that they lent."""
        clearers = tuple(clearer for clearer in self.cleared_by if people.isdisjoint(clearer.split(FOR)))
        return self.model_copy(update={"cleared_by": clearers}) if clearers != self.cleared_by else self


NAMESAKES: Final = "INTERESTS-NAMED"
"""The rule that asks about namesakes."""


class Namesake(Value):
    """A person of the directory whose name a party's principal bears: perhaps the same person (rules 3.10)."""

    staff_id: StaffId
    name: str
    """The name as the proposal has it."""
    of: str
    """The party that they stand behind, or that they are, with its country."""

    @property
    def told(self) -> str:
        """The question in words."""
        return f"{self.name!r} of {self.of} bears the name of {self.staff_id} of the staff"

    @property
    def question(self) -> str:
        """The key of the referral that asks about it."""
        return f"{NAMESAKES}: {self.told}"


class ScreeningEvidence(Value):
    """The parties that were screened, the list versions they were screened against, and the matches."""

    parties: tuple[str, ...]
    asked: tuple[RegisterVersion, ...]
    asked_at: Moment
    matches: tuple[SanctionsMatch, ...] = ()
    namesakes: Annotated[tuple[Namesake, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The people of the directory whose names somebody behind a party bears."""
    binding: Annotated[tuple[str, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The lists that bound the organisation by its rules, loaded or not. Empty: OFAC's and the United Nations'."""
    list_days: Annotated[int | None, Since("2026.6"), Field(exclude_if=is_none)] = None
    """The days for which a list's last confirmation was good, if the organisation's rules said it."""

    @property
    def rule(self) -> ListRule:
        """The organisation's rule on sanctions lists when they were asked."""
        return ListRule(self.binding or OFAC_AND_UN, self.list_days or DEFAULT_DAYS)

    def lists_missing(self, rule: ListRule) -> tuple[str, ...]:
        """Return the lists that bind the organisation by a rule, that did not bind it then, and that were not asked."""
        names = {*self.rule.lists, *(version.register_name for version in self.asked)}
        return tuple(name for name in rule.lists if name not in names)

    def without_clearances_by(self, people: frozenset[str]) -> ScreeningEvidence:
        """Return the evidence without the clearances by these people, or by others in a role that they lent."""
        return self.model_copy(update={"matches": tuple(match.without_clearances_by(people) for match in self.matches)})
