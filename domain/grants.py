"""The parts of a proposal that describe money out, such as tranches, sponsorship, sub-recipients and benefit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.parties import DocumentKind, Name, Paper, Party
from domain.values import (
    Country,
    FunderId,
    FundId,
    Money,
    OneLine,
    PartnershipId,
    PositiveAmount,
    Printable,
    ReadAs,
    Region,
    Sentence,
    Since,
    StaffId,
    Value,
    is_none,
    is_zero,
)


class TranchePlan(Value):
    """One planned payment."""

    number: Annotated[int, Field(ge=1, le=99)]
    money: Money
    due_on: Annotated[date | None, Since("2026.4")] = Field(
        default=None, description="The day before which it is not paid", exclude_if=is_none
    )


class EquivalencyDetermination(Value):
    """Written advice that a foreign body is equivalent to a US public charity (Rev. Proc. 2017-53, rules 2.5)."""

    practitioner: Annotated[str, StringConstraints(pattern=r"^(ATTORNEY|CPA|ENROLLED_AGENT)$")]
    funder: FunderId = Field(description="The funder that the advice was given to")
    issued_on: date
    valid_until: date
    basis: Annotated[Sentence | None, Since("2026.2")] = Field(
        default=None, description="The paragraph it equals, such as 170(b)(1)(A)(vi) or 509(a)(2)"
    )
    data_year: Annotated[int | None, Since("2026.2")] = Field(
        default=None, ge=1900, le=2999, description="The grantee's tax year that the facts are from"
    )
    blocked_check: Annotated[bool | None, Since("2026.2")] = Field(
        default=None, description="Whether the advice says that no blocked person is involved (s. 5.09)"
    )
    blocked_checked_on: Annotated[date | None, Since("2026.4")] = Field(
        default=None, description="The day on which blocked persons were checked", exclude_if=is_none
    )
    paper: Annotated[Paper | None, Since("2026.4")] = Field(
        default=None, description="The advice itself, on file and read", exclude_if=is_none
    )
    practitioner_name: Annotated[Name | None, Since("2026.5")] = Field(
        default=None, description="The name of the practitioner who gave it", exclude_if=is_none
    )
    credential: Annotated[Name | None, Since("2026.5")] = Field(
        default=None, description="What lets them practise, such as a state's bar and the number", exclude_if=is_none
    )
    year_ended_on: Annotated[date | None, Since("2026.5")] = Field(
        default=None, description="The last day of the grantee's tax year that the facts are from", exclude_if=is_none
    )
    repository: Annotated[Name | None, Since("2026.5")] = Field(
        default=None, description="The repository that issued it, if one did", exclude_if=is_none
    )
    certificate: Annotated[Name | None, Since("2026.5")] = Field(
        default=None, description="The number of the repository's certificate", exclude_if=is_none
    )


class Place(Value):
    """A place of activity: a country, and the region of it where that matters."""

    country: Country
    region: Region | None = None


class LicenceKind(StrEnum):
    """The kind of a licence of the Office of Foreign Assets Control."""

    GENERAL = "GENERAL"
    """Published: whoever meets its paragraph may do what it allows."""
    SPECIFIC = "SPECIFIC"
    """Given to one applicant, under a number."""


class Licence(Value):
    """A licence that is said to cover a transfer to an embargoed place (rules 3.2). A verifier judges that."""

    kind: LicenceKind
    reference: Annotated[str, StringConstraints(min_length=3, max_length=120), Printable, OneLine] = Field(
        description="The paragraph of a general licence, or the number of a specific one"
    )
    facts: Sentence = Field(description="The facts that meet it")
    valid_from: date
    valid_until: date | None = None

    def is_valid(self, on: date) -> bool:
        """True if it is in force on a day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class CommunityKind(StrEnum):
    """The kind of a community that is served."""

    RESIDENTS = "RESIDENTS"
    LEARNERS = "LEARNERS"
    EDUCATORS = "EDUCATORS"
    LIBRARY_USERS = "LIBRARY_USERS"
    NETWORK_OPERATORS = "NETWORK_OPERATORS"
    INTERNET_USERS = "INTERNET_USERS"
    RESEARCHERS = "RESEARCHERS"
    CIVIL_SOCIETY = "CIVIL_SOCIETY"
    PUBLIC_SERVICES = "PUBLIC_SERVICES"
    OTHER = "OTHER"


class Community(Value):
    """The community that a partnership serves, beside its description in words (R6)."""

    kind: CommunityKind
    places: Annotated[tuple[Place, ...], Field(min_length=1, max_length=60)] = Field(
        description="Where they are: countries (ISO 3166-1), and regions where that matters"
    )
    number: Annotated[int, Field(ge=1, le=10**10)] | Literal["NOT_KNOWN"] = Field(
        description="How many people or bodies, or NOT_KNOWN"
    )


ObjectiveCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_-]{1,39}$")]
"""The code of an objective of the organisation's own list."""

Programme = Annotated[str, StringConstraints(min_length=2, max_length=60), Printable, OneLine]


class UseOfFunds(StrEnum):
    """A category of spending."""

    PROGRAMME = "PROGRAMME"
    EQUIPMENT = "EQUIPMENT"
    TRAINING = "TRAINING"
    RELIGIOUS = "RELIGIOUS"
    ENDOWMENT = "ENDOWMENT"
    BUILDING = "BUILDING"
    LOBBYING = "LOBBYING"
    ELECTION = "ELECTION"
    PRE_AWARD_COSTS = "PRE_AWARD_COSTS"
    TUITION = "TUITION"
    PERSONAL_GAIN = "PERSONAL_GAIN"
    VOTER_EDUCATION = "VOTER_EDUCATION"
    """Non-partisan: it favours no candidate and no party (Rev. Rul. 2007-41)."""
    VOTER_REGISTRATION = "VOTER_REGISTRATION"
    """A drive to register voters, also non-partisan."""


class Restriction(Value):
    """A donor's restriction in parts that can be compared (R15, rules 3.12). An empty part restricts nothing."""

    places: tuple[Country, ...] = Field(default=(), description="The countries in which it may be spent")
    objectives: tuple[ObjectiveCode, ...] = Field(default=(), description="The objectives that it may be spent on")
    programmes: tuple[Programme, ...] = Field(default=(), description="The programmes that it may be spent on")
    not_before: date | None = None
    not_after: date | None = None
    excluded_uses: tuple[UseOfFunds, ...] = Field(default=(), description="What it may not be spent on")
    whole: bool = Field(description="Whether the parts say all that the donor's words say")


class NoPrivateBenefit(StrEnum):
    """The reason why no private party benefits beside the community (rules 3.13)."""

    OPEN_TO_ALL = "OPEN_TO_ALL"
    """Everybody may use what the money pays for, and nobody is favoured."""
    CHARITABLE_CLASS = "CHARITABLE_CLASS"
    """Only members of a charitable class benefit, such as pupils of public schools."""
    PUBLIC_BODY = "PUBLIC_BODY"
    """Only public bodies benefit."""


class SponsorWording(StrEnum):
    """The agreement's term for the receiver of the money. Every term but FISCAL_SPONSOR means a conduit (rules 2.7)."""

    FISCAL_SPONSOR = "FISCAL_SPONSOR"
    FISCAL_AGENT = "FISCAL_AGENT"
    PASS_THROUGH = "PASS_THROUGH"  # noqa: S105
    CONDUIT = "CONDUIT"


class Sponsorship(Value):
    """A third party's project that the payee takes on as its own (Rev. Rul. 68-489, 66-79, rules 2.7)."""

    project_of: Party = Field(description="Who brought the project, such as a company")
    wording: SponsorWording = SponsorWording.FISCAL_SPONSOR
    agreement_on: date
    application_on: date
    board_adopted: bool = Field(description="Whether the sponsor's board adopted the project as its own purpose")
    controls_use: bool = Field(description="Whether the sponsor keeps control and discretion over the use")
    specific_project: bool = Field(description="Whether the money is limited to a specific project")
    keeps_records: bool = Field(description="Whether records show the exempt use")
    holds_account: bool = Field(description="Whether the sponsor is payee and account holder")
    others_command_release: bool = Field(description="Whether project or funder may command the release of money")
    earmarked: Annotated[bool | None, ReadAs("2026.5", False)] = Field(
        default=None, description="Whether the funder earmarks the money for the project's owner", exclude_if=is_none
    )
    vendor_at_fair_value: bool = Field(
        default=False, description="Whether a company is paid only as a vendor, at fair market value"
    )


class Succession(Value):
    """Another body that takes an agreement over from its payee, by a merger or as the successor (rules 4.4)."""

    of: Party = Field(description="The payee before, as it stood: what was paid stays with it")
    since: date = Field(description="The day from which the other body is in its place")
    paid: Annotated[Decimal, Field(ge=0, max_digits=18)] = Field(
        description="What was paid to the payee before, in the currency of the tranches"
    )
    paper: Paper = Field(description="The paper that proves it, of kind SUCCESSION, on file and read")

    @model_validator(mode="after")
    def _is_proved_by_its_paper(self) -> Self:
        self.of.require_own_part()
        if self.paper.kind is not DocumentKind.SUCCESSION:
            raise ValueError(f"paper: it is of kind {self.paper.kind.value}; name the paper of the SUCCESSION")
        return self


class Subrecipient(Value):
    """A non-profit project that the payee supports in turn (R7)."""

    party: Party
    purpose: Sentence

    @model_validator(mode="after")
    def _is_a_party_of_its_own(self) -> Self:
        self.party.require_own_part()
        return self


class SubrecipientsFile(Value):
    """The input of `accord report-subrecipients`."""

    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


class Regrant(Value):
    """A payee's grants to the projects of other organisations, out of the money that it receives."""

    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]
    payee_selects: bool = Field(description="Whether the payee, not the funder, chooses who receives")
    covenant: bool = Field(description="Whether the agreement binds each of them to the same purposes")


class Beneficiary(Value):
    """A private party that will benefit. Its size is recorded, but no rule uses it (R5)."""

    name: Name
    share: Annotated[Decimal, Field(ge=0, le=100)] = Field(description="Per cent of the use or benefit")
    size: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(default=0, description="Employees; never used by a rule")
    related_to_proposer: Annotated[bool | None, ReadAs("2026.5", False)] = Field(
        default=None, description="Whether it is related to the proposer", exclude_if=is_none
    )


class BenefitFacts(Value):
    """The facts on private benefit: the beneficiaries besides the community, and the terms (rules 2.8)."""

    open_on_equal_terms: bool = Field(description="Open to all on equal, published terms")
    nonprofit_governance: bool
    distributes_surplus: bool
    class_is_open: bool = Field(description="Whether the class of those who benefit is open, not a list of names")
    unavoidable: Annotated[bool | None, Since("2026.4")] = Field(
        default=None,
        description="Whether the public purpose cannot be served without the private benefit",
        exclude_if=is_none,
    )
    beneficiaries: tuple[Beneficiary, ...] = ()


class Exchange(Value):
    """The facts that tell a community-based Internet exchange point from a commercial one (R9)."""

    operator_is_nonprofit: bool
    open_on_equal_terms: bool
    distributes_surplus: bool
    site_owner_is_commercial: Annotated[bool | None, ReadAs("2026.5", False)] = Field(
        default=None, description="Whether the site belongs to a company", exclude_if=is_none
    )


class RestrictedMoney(Value):
    """The donor-restricted gift that pays for this leg (R15)."""

    gift: PartnershipId = Field(description="The partnership that brought the gift in")


class Instalment(Value):
    """A part of a pledge, and the day by which it comes in."""

    due_on: date
    amount: PositiveAmount


class InKind(Value):
    """A gift of goods or services, and how its value was found (ASU 2020-07)."""

    what: Sentence = Field(description="What is given, and for what use")
    method: Sentence = Field(description="How the value was found, such as a price list or an appraisal, and by whom")


class FundPart(Value):
    """A fund that pays for a leg, or for a part of it."""

    fund: FundId = Field(description="The fund, such as FD-2026-ISOC; `accord funds list` shows them")
    amount: PositiveAmount | None = Field(
        default=None, description="Its part; without it, the funds pay in their order", exclude_if=is_none
    )


class FundShare(Value):
    """The part of a leg that a fund pays, once the leg is approved."""

    fund: FundId
    amount: Annotated[Decimal, Field(gt=0)]
    paid: Annotated[Decimal, Field(ge=0, exclude_if=is_zero)] = Decimal(0)
    """Its payments up to the last decision on the parts: they stay its own."""


def paid_by(shares: Sequence[FundShare], paid: Decimal) -> tuple[Decimal, ...]:
    """Return the part of a sum that each share pays: its payments so far, then in order, and the last all the rest."""
    amounts: list[Decimal] = []
    for share in shares:
        amounts.append(min(share.paid, paid))
        paid -= amounts[-1]
    for place, share in enumerate(shares):
        more = paid if share is shares[-1] else min(paid, share.amount - amounts[place])
        amounts[place] += more
        paid -= more
    return tuple(amounts)


OF_GIFT: Final = "FD-"
"""The beginning of a gift's fund's name, before the gift's reference."""


def gift_of_fund(fund: str) -> str | None:
    """Return the gift that made a fund, or None for a fund of another kind."""
    gift = fund.removeprefix(OF_GIFT)
    return gift if gift.startswith("P-") else None


def fund_of_gift(gift: str) -> str:
    """Return the fund that a restricted gift makes, by the gift's reference."""
    return f"{OF_GIFT}{gift}"


class PayeeSupport(Value):
    """The payee's support in the four tax years before the grant, by its Form 990, Schedule A (rules 3.14)."""

    total: Money = Field(description="Its support in these four years, from everybody")
    beside: Annotated[Decimal, Field(ge=0, max_digits=18)] = Field(
        default=Decimal(0),
        description="What this funder gives it in the grant's own year besides the grant, in the same currency",
    )


class KnownChange(Value):
    """A change in the payee's status, and the day on which the funder learnt of it (Rev. Proc. 2018-32, s. 4.04)."""

    what: Sentence
    known_since: date


class Interest(Value):
    """A staff member's interest in a party, which excludes them from the decisions (R32)."""

    person: StaffId
    what: Sentence
