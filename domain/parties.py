"""Parties: partners, payees, donors and the funder entities whose law applies to the money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic.json_schema import SkipJsonSchema

from domain.fault import Fault
from domain.public_office import PublicOffice
from domain.values import (
    BirthDate,
    Country,
    Ein,
    FunderId,
    OneLine,
    Printable,
    Region,
    Sha256,
    Since,
    StaffId,
    Value,
    is_empty,
    is_false,
    is_none,
)

Name = Annotated[str, StringConstraints(min_length=2, max_length=140), Printable, OneLine]


class PartyKind(StrEnum):
    """A party's declared kind. Any kind may be a partner, and only the payee of money out is tested (R2)."""

    NONPROFIT = "NONPROFIT"
    GOVERNMENT = "GOVERNMENT"
    INTERNATIONAL_ORGANIZATION = "INTERNATIONAL_ORGANIZATION"
    ACADEMIC = "ACADEMIC"
    CHURCH = "CHURCH"
    PRIVATE_COMPANY = "PRIVATE_COMPANY"
    INDIVIDUAL = "INDIVIDUAL"


class DocumentKind(StrEnum):
    """A kind of document, named after what it proves about a party."""

    GOVERNMENT_STATUS = "GOVERNMENT_STATUS"
    """A government affirmation letter, or the law that made it an instrumentality (IRC 170(c)(1))."""
    CHARITABLE_COVENANT = "CHARITABLE_COVENANT"
    """A signed promise to use the money for charitable purposes only (26 CFR 53.4945-5(a)(4))."""
    GROUP_CONFIRMATION = "GROUP_CONFIRMATION"
    """The central organisation's letter that the subordinate is in its group (Rev. Proc. 2026-8; before, 80-27)."""
    CHURCH_STATUS = "CHURCH_STATUS"
    """Evidence that an unlisted organisation is a church (IRC 170(b)(1)(A)(i), 508(c)(1)(A))."""
    TREATY_DESIGNATION = "TREATY_DESIGNATION"
    """The executive order that designates an international organisation (22 USC 288)."""
    DETERMINATION_LETTER = "DETERMINATION_LETTER"
    """The letter of the IRS to an organisation too new to be listed."""
    REGISTRATION = "REGISTRATION"
    """An extract of a named public register of non-profit organisations, with the number in it (rules 3.4)."""
    GOVERNING_INSTRUMENT = "GOVERNING_INSTRUMENT"
    """The statutes or trust deed, with a paper of their authority (rules 3.4)."""
    CHARITABLE_STATUS = "CHARITABLE_STATUS"
    """The tax office's notice of charitable status abroad, such as a German Freistellungsbescheid (rules 4.6)."""
    TREATY = "TREATY"
    """The treaty that made an international organisation (rules 3.6)."""
    EQUIVALENCY = "EQUIVALENCY"
    """The practitioner's written advice on equivalency (Rev. Proc. 2017-53)."""
    SUCCESSION = "SUCCESSION"
    """The paper by which one body took over from another: of a merger, or of a successor (rules 4.4)."""


class PartyDocument(Value):
    """A document that was seen, with its digest if it was filed."""

    kind: DocumentKind
    dated: date
    sha256: Sha256 | None = None


class PartyNumber(Value):
    """A number of an organisation in a public register, as org-id.guide names the register: GB-CHC, US-EIN ..."""

    scheme: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,3}(_[A-Z]{2})?-[A-Z0-9_]{2,20}$")]
    number: Annotated[str, StringConstraints(min_length=1, max_length=40), Printable, OneLine]


class Paper(Value):
    """A paper on file that proves something: its digest, its keeper, and the verifier who read it (rules 3.5).

    A note alone proves nothing. Accord keeps no papers yet, so it names where they are.
    """

    kind: DocumentKind
    dated: date
    sha256: Sha256
    kept_by: Annotated[str, StringConstraints(min_length=3, max_length=120), Printable, OneLine] = Field(
        description="Who keeps the paper, and where"
    )
    read_by: StaffId = Field(description="The verifier who read it; not the proposer")
    reference: Annotated[str, StringConstraints(max_length=120), Printable, OneLine] = Field(
        default="", description="The register and number, the law, the treaty or the order", exclude_if=is_empty
    )
    number: Annotated[PartyNumber | None, Since("2026.5")] = Field(
        default=None,
        description="Of an extract: the register's list code (org-id.guide) and the number in it",
        exclude_if=is_none,
    )


class PrincipalRole(StrEnum):
    """The role of a person or firm in a party. All are screened (rules 2.9)."""

    DIRECTOR = "DIRECTOR"
    SIGNATORY = "SIGNATORY"
    OWNER = "OWNER"


QUARTER: Final = Decimal(25)
"""The share, in per cent, from which an owner is named (rules 4.3)."""

OLDEST: Final = timedelta(days=44_000)
"""The greatest age that is accepted, about 120 years: an earlier date of birth must be a mistake."""


def _check_birth(name: str, kind: PartyKind, born: date | None) -> None:
    if born is not None and kind is not PartyKind.INDIVIDUAL:
        raise ValueError(f"{name} is {kind.value}, and only an INDIVIDUAL has a date of birth; leave out `born`")


class Principal(Value):
    """A person or firm that governs, signs for or owns a party."""

    name: Name
    role: PrincipalRole
    country: Country | None = None
    share: Annotated[Decimal, Field(ge=0, le=100)] | None = Field(default=None, description="Per cent owned")
    kind: Annotated[PartyKind | None, Since("2026.3")] = Field(
        default=None,
        description="What it is, since firms own and direct others; if it is not said, it is screened as either",
        exclude_if=is_none,
    )
    born: Annotated[BirthDate, Since("2026.3")] = Field(
        default=None, description="Date of birth, which tells them from those on a list who bear their name"
    )
    public_office: Annotated[PublicOffice | None, Since("2026.6")] = Field(
        default=None,
        description="Whether they, or somebody close to them, hold or held a prominent public office, as declared",
        exclude_if=is_none,
    )

    @model_validator(mode="after")
    def _only_people_are_born(self) -> Self:
        _check_birth(self.name, self.kinds[0], self.born)
        return self

    @model_validator(mode="after")
    def _only_people_hold_offices(self) -> Self:
        if self.public_office is not None and not self.may_be_a_person:
            raise ValueError(f"public_office: {self.name} is {self.kinds[0].value}, and only an INDIVIDUAL holds one")
        return self

    @property
    def may_be_a_person(self) -> bool:
        """True if it is a natural person, or nobody said what it is."""
        return PartyKind.INDIVIDUAL in self.kinds

    @property
    def kinds(self) -> tuple[PartyKind, ...]:
        """The kinds to screen it as: the declared one, else a person and, without a date of birth, also a company."""
        if self.kind is not None:
            return (self.kind,)
        return (PartyKind.INDIVIDUAL,) if self.born else (PartyKind.INDIVIDUAL, PartyKind.PRIVATE_COMPANY)


class CentralOrganization(Value):
    """The central organisation of a group exemption."""

    name: Name
    ein: Ein


class Address(Value):
    """A postal address."""

    lines: Annotated[tuple[Name, ...], Field(min_length=1, max_length=5)]
    postcode: Annotated[str, StringConstraints(max_length=20), Printable, OneLine] = Field(
        default="", exclude_if=is_empty
    )


class Party(Value):
    """An organisation or person in a partnership, as the proposal describes it."""

    name: Name
    kind: PartyKind
    country: Country
    ein: Ein | None = None
    also_known_as: tuple[Name, ...] = ()
    region: Annotated[Region | None, Since("2026.4")] = Field(
        default=None,
        description="The region of the country (ISO 3166-2), where parts are embargoed",
        exclude_if=is_none,
    )
    governmental: Annotated[bool, Since("2026.2")] = Field(
        default=False, description="Whether it is part of a government, as a state university is"
    )
    documents: Annotated[tuple[PartyDocument, ...], Since("2026.2")] = ()
    papers: Annotated[tuple[Paper, ...], Since("2026.4")] = Field(
        default=(), description="Papers that prove what it is, each read by a verifier", exclude_if=is_empty
    )
    principals: Annotated[tuple[Principal, ...], Since("2026.2")] = Field(
        default=(), description="Who signs for it, who governs it, and who owns a quarter or more of it"
    )
    nobody_owns: Annotated[bool, Since("2026.5")] = Field(
        default=False,
        description="Whether nobody owns a quarter or more of it, as of a charity",
        exclude_if=is_false,
    )
    central: Annotated[CentralOrganization | None, Since("2026.2")] = Field(
        default=None, description="For a group subordinate: the central organisation whose letter covers it"
    )
    address: Annotated[Address | None, Since("2026.4")] = Field(default=None, exclude_if=is_none)
    numbers: Annotated[tuple[PartyNumber, ...], Since("2026.4")] = Field(
        default=(), description="Its numbers in other public registers than the IRS's", exclude_if=is_empty
    )
    born: Annotated[BirthDate, Since("2026.3")] = Field(
        default=None, description="For an individual: the date of birth, which tells them from those on a list"
    )
    behind: Annotated[SkipJsonSchema[str | None], Since("2026.3")] = Field(default=None, exclude_if=is_none)
    """The party that it governs, signs for or owns, if it is screened as a principal. It is never set in a proposal."""

    @model_validator(mode="after")
    def _only_people_are_born(self) -> Self:
        _check_birth(self.name, self.kind, self.born)
        return self

    @model_validator(mode="after")
    def _is_owned_or_not(self) -> Self:
        owners = [
            principal.name
            for principal in self.principals
            if principal.role is PrincipalRole.OWNER and (principal.share or 0) >= QUARTER
        ]
        if self.nobody_owns and owners:
            raise ValueError(f"nobody_owns: {owners[0]} owns a quarter or more of {self.name}; leave it out")
        return self

    @model_validator(mode="after")
    def _people_declare_offices(self) -> Self:
        own_names = {name.casefold() for name in self.names if self.kind is not PartyKind.INDIVIDUAL}
        for place, principal in enumerate(self.principals):
            office = principal.public_office
            if office is not None and office.declared_by.casefold() in own_names:
                field = f"principals.{place}.public_office.declared_by"
                raise ValueError(f"{field}: name the person who declares it, and not {self.name}")
        return self

    def has(self, kind: DocumentKind) -> bool:
        """True if a document of a kind is on file."""
        return any(document.kind is kind for document in self.documents)

    def proves(self, kind: DocumentKind) -> bool:
        """True if a paper of a kind is on file and was read."""
        return any(paper.kind is kind for paper in self.papers)

    def require_own_part(self) -> None:
        """Raise ValueError if `behind` is set: a proposal lists principals within their party, not as parties."""
        if self.behind is not None:
            raise ValueError(f"{self.name}: leave out `behind`; name it among the principals of whom it stands behind")

    def known_openly_as(self, partnership_id: str) -> str:
        """Return its name where names are not encrypted: a natural person is "person of P-..."."""
        return f"person of {partnership_id}" if self.kind is PartyKind.INDIVIDUAL else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The legal name, and every further name that it bears or bore."""
        return (self.name, *self.also_known_as)

    @property
    def known_as(self) -> str:
        """The name with the country, to tell it from others of the same name."""
        return f"{self.name} ({self.country})"

    @property
    def center(self) -> Party | None:
        """The central organisation of the party's group, as a party that registers can be asked about, or None."""
        if self.central is None:
            return None
        return Party(name=self.central.name, kind=PartyKind.NONPROFIT, country="US", ein=self.central.ein)

    @property
    def with_principals(self) -> tuple[Party, ...]:
        """The party and its principals, to be screened. A principal without a kind appears once per possible kind."""
        behind = (
            Party(
                name=principal.name,
                kind=kind,
                country=principal.country or self.country,
                born=principal.born,
                behind=self.known_as,
            )
            for principal in self.principals
            for kind in principal.kinds
        )
        return (self, *behind)


def birth_date_fault(parties: Iterable[Party], on: date) -> Fault | None:
    """Return a message that names the parties with a date of birth in the future or too long ago, or None.

    A date of birth can rule out a match with a list, so an impossible one must be refused.
    """
    wrong = [party for party in parties if party.born is not None and not on - OLDEST < party.born <= on]
    words = "; ".join(f"the date of birth of {party.name} is in the future or too long ago" for party in wrong)
    return Fault(words) if wrong else None


class FunderProfile(StrEnum):
    """The part of US tax law that governs a funder (rules table 2.1)."""

    PUBLIC_CHARITY = "PUBLIC_CHARITY"
    """501(c)(3) and 509(a)(1) or (2): Rev. Rul. 68-489 governs grants to non-charities."""
    SUPPORTING_ORG = "SUPPORTING_ORG"
    """509(a)(3), 26 CFR 1.509(a)-4(e): must carry out the supported organisation's purposes."""
    PRIVATE_FOUNDATION = "PRIVATE_FOUNDATION"
    """IRC 4940 to 4946: expenditure responsibility or an equivalency determination abroad."""


class AccountingBasis(StrEnum):
    """A funder's way of keeping its books. It decides the year of a grant in its tax return (rules 2.10)."""

    ACCRUAL = "ACCRUAL"
    CASH = "CASH"


class Funder(Value):
    """A funder entity: the legal person whose money and rules apply to a leg (R11)."""

    funder_id: FunderId
    name: Name
    profile: FunderProfile
    account: str = Field(description="Reference of the bank account that this funder pays from (R14)")
    ein: Annotated[Ein | None, Since("2026.4")] = Field(default=None, exclude_if=is_none)
    also_known_as: Annotated[tuple[Name, ...], Since("2026.5")] = Field(
        default=(), description="Its further names: short forms, former names, trade names", exclude_if=is_empty
    )
    number: Annotated[PartyNumber | None, Since("2026.4")] = Field(
        default=None, description="Its number in a public register", exclude_if=is_none
    )
    address: Annotated[Address | None, Since("2026.4")] = Field(default=None, exclude_if=is_none)
    year_ends: Annotated[
        str | None, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"), Since("2026.4")
    ] = Field(default=None, description="The last day of its fiscal year, such as 12-31", exclude_if=is_none)
    basis: Annotated[AccountingBasis | None, Since("2026.4")] = Field(
        default=None, description="How it keeps its books", exclude_if=is_none
    )


class AccountReference(Value):
    """A reference to a bank account, with the digest of its details, which stay in their own table."""

    reference: Annotated[str, StringConstraints(pattern=r"^BA-[A-Z2-7]{12}$")]
    sha256: Sha256
