"""Evidence from the public registers, which names its register, version, digest and row (R19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from domain.directory.lists import DEFAULT_DAYS, OFAC_AND_UN, ListRule
from domain.directory.watched import WatchedCountry
from domain.grants import Restriction
from domain.money.amounts import rounded_up
from domain.money.rates import DayRates, read_rates
from domain.screening.identity import IdentityEvidence
from domain.screening.truths import KnownTruth
from domain.values import (
    MOST_DIGITS,
    Currency,
    Moment,
    Money,
    PartnershipId,
    Sha256,
    Since,
    StaffId,
    Value,
    is_empty,
    is_false,
    is_none,
)


class RegisterVersion(Value):
    """One loaded version of a public register."""

    register_name: str
    version: int
    sha256: Sha256
    source_date: date
    confirmed_on: Annotated[date | None, Since("2026.3"), Field(exclude_if=is_none)] = None
    """The last day on which the publisher confirmed that nothing newer is published, or None if it was not asked."""

    @property
    def current_on(self) -> date:
        """The last day on which the version is known to have been current."""
        return max(self.source_date, self.confirmed_on or self.source_date)


def confirmed_since(version: RegisterVersion, in_force: RegisterVersion | None) -> date:
    """Return the last day on which a version is known to have been current, by now. `in_force`: the same, as it is now.

    A publisher that has nothing newer extends what rests on a version, without an event of its own.
    """
    return max(version.current_on, in_force.current_on) if in_force is not None else version.current_on


class Source(Value):
    """A row's source: the version, the file, the line and the row as published."""

    register_version: RegisterVersion
    file: str
    line: int
    row: str
    listed_since: Annotated[int | None, Since("2026.3")] = None
    """The version that first listed the row. `file` and `line` are its place in that version."""

    def __str__(self) -> str:
        version = self.register_version
        return (
            f"{version.register_name} version {version.version} of {version.source_date}, "
            f"{self.file} line {self.line}, sha256 {version.sha256[:16]}"
        )


class ReferenceRates(Value):
    """The reference rates of a day, with their row and its version, so that they are read again years later.

    Raises:
        ValueError: The row is none of rates.
    """

    source: Source

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        read_rates(self.source.row)
        return self

    @property
    def rates(self) -> DayRates:
        """The rates, per euro."""
        return read_rates(self.source.row)


class Conversion(Value):
    """The organisation's base currency, and the rates by which sums were converted into it for a decision."""

    base: Currency
    rates: Annotated[ReferenceRates | None, Field(exclude_if=is_none)] = None
    """None if no rates were loaded, or all were too old: then what is in another currency is not converted."""

    def lacking(self, sums: Iterable[Money]) -> tuple[str, ...]:
        """Return the currencies without a rate for want of which some sums cannot be converted, each once."""
        currencies = dict.fromkeys(money.currency for money in sums if money.currency != self.base)
        table = self.rates.rates if self.rates is not None else None
        needed = (*currencies, self.base) if currencies else ()
        return tuple(code for code in needed if table is None or not table.has(code)) if needed else ()

    def total(self, sums: Sequence[Money], into: str = "") -> Money | None:
        """Return sums as one, in the base currency unless another is given, or None if they cannot be told as one.

        The exact whole is rounded once, up: it is within a limit exactly if the sums are. It cannot be told where a
        currency has no rate, or where it has more digits than any sum of money may have.
        """
        target = into or self.base
        if self.model_copy(update={"base": target}).lacking(sums):
            return None
        table = self.rates.rates if self.rates is not None else DayRates(date.min, {})
        whole = sum((table.converted(money.amount, money.currency, target) for money in sums), Fraction(0))
        amount = rounded_up(whole, target)
        return Money(amount=amount, currency=target) if len(amount.as_tuple().digits) <= MOST_DIGITS else None

    def told(self, sums: Iterable[Money], into: str = "") -> str:
        """Return the day, the version and each rate by which some sums are converted, in words. Of none it is empty."""
        target = into or self.base
        currencies = dict.fromkeys(money.currency for money in sums if money.currency != target)
        if self.rates is None or not currencies:
            return ""
        table, version = self.rates.rates, self.rates.source.register_version
        shown_rates = ", ".join(f"{code} 1 = {target} {table.shown(code, target)}" for code in currencies)
        return f"{shown_rates} ({version.register_name} of {table.day}, version {version.version})"


class MasterFileEntry(Value):
    """A row of the IRS Exempt Organizations Business Master File (irs.gov/pub/irs-soi/eo-info.pdf)."""

    name: str
    state: str
    subsection: str
    foundation: str
    deductibility: str
    status: str
    affiliation: str
    group_number: str
    source: Source
    revenue: Annotated[Decimal | None, Since("2026.4"), Field(exclude_if=is_none)] = None
    """The last reported yearly revenue, or else income, in USD (REVENUE_AMT, INCOME_AMT), or None if it has neither."""
    filing: Annotated[str, Since("2026.4"), Field(exclude_if=is_empty)] = ""
    """The return that it must file (FILING_REQ_CD)."""


class Publication78Entry(Value):
    """A row of IRS Publication 78: organisations that may receive deductible contributions."""

    name: str
    codes: tuple[str, ...]
    source: Source


class RevocationEntry(Value):
    """A row of the automatic revocation list (IRC 6033(j)). The posting date ends reliance (Rev. Proc. 2018-32)."""

    name: str
    effective_on: date
    posted_on: date
    reinstated_on: date | None
    source: Source

    def in_force(self, as_of: date) -> bool:
        """True if the revocation is in force on a day: posted by then and not reinstated by then."""
        return self.posted_on <= as_of and (self.reinstated_on is None or self.reinstated_on > as_of)


def newest_posted(revocations: tuple[RevocationEntry, ...], as_of: date) -> RevocationEntry | None:
    """Return the revocation that applies on a day, the latest posted by then, or None (rules 2.3, PUBLIC view)."""
    entries = [entry for entry in revocations if entry.posted_on <= as_of]
    return max(entries, key=lambda entry: (entry.effective_on, entry.posted_on), default=None)


NOT_APPROVED_YET: Final = "what is not approved yet"
"""The restriction that a gift is said to have while its terms wait for approval: a person judges that."""


class GiftEvidence(Value):
    """The ledger's figures on the restricted gift that pays for a leg (R15)."""

    gift: PartnershipId
    found: bool
    restricted_to: str | None = None
    received: Decimal = Decimal(0)
    committed: Decimal = Decimal(0)
    """The part of the gift that other partnerships have spent or plan to spend."""
    currency: str = ""
    funder: Annotated[str, Since("2026.4"), Field(exclude_if=is_empty)] = ""
    """The funder that received it."""
    restriction: Annotated[Restriction | None, Since("2026.4"), Field(exclude_if=is_none)] = None
    """The restriction in parts."""
    got_back_by: Annotated[tuple[str, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The names on the leg that it pays for which are its donor's."""
    on_hold: Annotated[bool, Since("2026.4"), Field(exclude_if=is_false)] = False
    """True if a hold stands on the gift: nothing is spent of it until that is lifted."""


class ApprovedSum(Value):
    """A sum that was approved in another partnership for the same payee or the same purpose (R33, rules 3.11)."""

    partnership_id: PartnershipId
    money: Money
    approved_at: Moment
    same_payee: bool
    """False if only the purpose, the agreement or the project is the same."""
    one_agreement: Annotated[bool, Since("2026.4"), Field(exclude_if=is_false)] = False
    """True if both stand under one agreement."""
    one_project: Annotated[bool, Since("2026.5"), Field(exclude_if=is_false)] = False
    """True if a verifier found that both carry out one project."""

    @property
    def counts(self) -> bool:
        """True if it counts towards the approvals. Equal words across payees count for nothing (rules 4.9)."""
        return self.same_payee or self.one_agreement or self.one_project

    @property
    def common(self) -> str:
        """The thing that both have in common."""
        shared = ((self.same_payee, "payee"), (self.one_agreement, "agreement"), (self.one_project, "project"))
        return f"the same {next((label for is_so, label in shared if is_so), 'purpose')}"

    @property
    def told(self) -> str:
        """The sum, the partnership and what they have in common."""
        return f"{self.money} in {self.partnership_id}, approved on {self.approved_at:%Y-%m-%d} ({self.common})"


class NameEvidence(Value):
    """The comparison of one of the payee's names with a name that a register lists for its number (rules 3.1)."""

    given: str
    registered: str
    further: bool
    """True if the payee gives it as a further name: such a name confirms nothing by itself."""
    confirms: bool
    explanation: str
    """A description of what agrees and what does not."""


class StatusEvidence(Value):
    """All entries of the registers in force on one EIN, and the versions that were asked."""

    ein: str
    asked: tuple[RegisterVersion, ...]
    asked_at: Moment
    master_file: MasterFileEntry | None = None
    publication78: tuple[Publication78Entry, ...] = ()
    revocations: tuple[RevocationEntry, ...] = ()
    name_agreement: float = 0.0
    """The agreement of the payee's name with the registered one, 0 to 100: what editions before 2026.4 asked."""
    names: Annotated[tuple[NameEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The comparisons of the payee's name with each registered one, and of its further names that a register lists."""
    known_as: Annotated[tuple[str, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """Every name that a register gives for the EIN, each once."""

    identity: Annotated[tuple[IdentityEvidence, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The same comparisons with the address, and with other numbers that have the name."""

    @property
    def found(self) -> bool:
        """True if a register of exempt organisations lists the EIN."""
        return self.master_file is not None or bool(self.publication78)

    @property
    def codes(self) -> frozenset[str]:
        """All Publication 78 status codes listed for the EIN."""
        return frozenset(code for entry in self.publication78 for code in entry.codes)


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


class SupportedEvidence(Value):
    """The registers' evidence on a party that gets the payee's money in turn, or whose project the payee takes on."""

    party: str
    """Its name, as the proposal has it."""
    status: StatusEvidence
    central: StatusEvidence | None = None
    """The evidence on the central organisation of its group."""


class Verification(Value):
    """The result of due diligence: the payee's tax status and the screening of every party."""

    screening: ScreeningEvidence
    status: StatusEvidence | None = None
    central: Annotated[StatusEvidence | None, Since("2026.2")] = None
    """The evidence on the central organisation of the payee's group."""
    gift: Annotated[GiftEvidence | None, Since("2026.2")] = None
    gifts: Annotated[tuple[GiftEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The same for each gift whose fund is named among the funds that pay."""
    together: Annotated[tuple[ApprovedSum, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The sums approved for the same payee or purpose within twelve months."""
    support: Annotated[tuple[ApprovedSum, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The funder's approvals for the payee within four years, in other partnerships."""
    supported: Annotated[tuple[SupportedEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The evidence on sub-recipients and on owners of sponsored projects, as far as they give an EIN."""
    truths: Annotated[tuple[KnownTruth, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The truths told of those whom it names, which a verifier found to be so (rules 4.1)."""
    watched: Annotated[tuple[WatchedCountry, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The countries that the proposal names and that stood on the organisation's table of the FATF's lists then."""
    public_offices_asked: Annotated[bool, Since("2026.6"), Field(exclude_if=is_false)] = False
    """True if the organisation asked then whether people behind a payee hold or held a prominent public office."""
    conversion: Annotated[Conversion | None, Since("2026.6"), Field(exclude_if=is_none)] = None
    """The base currency and its rates, if the organisation has one. After an approval those recorded with it."""

    @property
    def all_gifts(self) -> tuple[GiftEvidence, ...]:
        """The evidence on each restricted gift that pays for the leg, or for a part of it."""
        return (self.gift,) if self.gift is not None else self.gifts

    def without_clearances_by(self, people: frozenset[str]) -> Verification:
        """Return the evidence without clearances by these people, since nobody clears matches in their own case."""
        return self.model_copy(update={"screening": self.screening.without_clearances_by(people)})

    @property
    def looked_up(self) -> tuple[StatusEvidence, ...]:
        """The evidence on the status of every body that was looked up: payee, those it supports, and their groups."""
        status_evidences = (
            status_evidence for evidence in self.supported for status_evidence in (evidence.status, evidence.central)
        )
        return tuple(evidence for evidence in (self.status, self.central, *status_evidences) if evidence is not None)

    @property
    def everything(self) -> tuple[ScreeningEvidence | StatusEvidence, ...]:
        """The screening, and the evidence on the status of every body that was looked up."""
        return (self.screening, *self.looked_up)

    @property
    def verified_at(self) -> Moment:
        """The time at which the last of the registers was asked."""
        return self.screening.asked_at
