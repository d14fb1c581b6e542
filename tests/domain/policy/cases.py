"""The worked cases C01 to C40 of the requirements, as a table: the words, the facts, what each kind of funder answers.

P is a public charity, F its supporting organisation, X a private foundation. Where the requirements leave a cell empty,
the case has NONE there, or the answer that another requirement gives, which its words then name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.parties import FunderProfile
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS
from tests.builders import (
    abroad,
    beneficiary,
    benefit,
    company,
    complete_equivalency,
    document,
    exchange,
    master_file,
    match,
    money,
    near,
    paper,
    party,
    principal,
    regrant,
    revocation,
    screening,
    sponsorship,
    status,
    verification,
)
from tests.domain.policy.language import (
    NOWHERE,
    bmf,
    both,
    found_on,
    given,
    joined,
    judged,
    paid,
    paid_to_charity,
    registers_of,
    screened_on,
)

APPROVE: Final = frozenset({Outcome.PASS, Outcome.CONDITION})
WITH_CONDITIONS: Final = frozenset({Outcome.CONDITION})
REFER: Final = frozenset({Outcome.REFER})
DENY: Final = frozenset({Outcome.FAIL})
NONE: Final[frozenset[Outcome]] = frozenset()
"""The requirements say nothing here."""

Facts = Callable[[FunderProfile], Assessment]


class Case(NamedTuple):
    """A row: its number and words, how its facts are built, and the answers that are right under P, F and X."""

    number: str
    words: str
    facts: Facts
    p: frozenset[Outcome]
    f: frozenset[Outcome]
    x: frozenset[Outcome]
    conditions: Mapping[str, set[str]] = MappingProxyType({})
    """Conditions that the requirements name, by profile."""

    def expected(self, funder: str) -> frozenset[Outcome]:
        return {"P": self.p, "F": self.f, "X": self.x}[funder]


def all_three(outcomes: frozenset[Outcome]) -> dict[str, frozenset[Outcome]]:
    return {"p": outcomes, "f": outcomes, "x": outcomes}


ELSEWHERE: Final[dict[str, str]] = {
    "C18": "tests.activities.test_twice",
    "C19": "tests.domain.partnership.proposal.test_amending",
    "C22": "tests.workflows.test_partnership",
    "C32": "tests.domain.partnership.proposal.test_subrecipients",
    "C35": "tests.domain.partnership.interest.test_recusal",
    "C36": "tests.domain.payment.test_account",
    "C37": "tests.chaos.partnerships.test_short_run",
    "C38": "tests.registers.loading.test_loader",
    "C39": "tests.domain.test_values",
    "C40": "tests.accord.audit.test_replays",
}
"""Cases that need the life of a partnership, and the test module that proves the rest and names the case."""

NOT_ON_FACTS: Final = {
    "C36": "bank details changed 2 days before payment",
    "C37": "worker dies after the bank accepted the file, before the event is stored",
}
"""Cases of which the rule book sees nothing: they are about payments alone."""

# The facts of the cases

NGO, ABROAD = party(), abroad()
GOVERNMENT = (document("GOVERNMENT_STATUS"),)
UNIVERSITY = party("River State University", kind="ACADEMIC", governmental=True, ein=None, documents=GOVERNMENT)
MINISTRY = abroad("Ministry of ICT", kind="GOVERNMENT", documents=(*GOVERNMENT, document("CHARITABLE_COVENANT")))
TREATY_BODY = abroad("Union of Lake Networks", kind="INTERNATIONAL_ORGANIZATION", papers=[paper("TREATY")])
IXP = abroad("Lake Exchange Association")
CENTRAL = {"name": "United Libraries of the Plains", "ein": "001000009"}
CHAPTER = party(documents=(document("GROUP_CONFIRMATION"),), central=CENTRAL)
IN_GROUP = bmf(affiliation="9", group_number="1234")
STANDING, SAME_DAY = revocation("2019-05-15", "2019-08-12"), revocation("2019-05-15", "2019-08-12", "2019-05-15")
A_YEAR_LATER = revocation("2019-05-15", "2019-08-12", "2020-05-15")
MAIL = {"what": "A mail of the programme officer about the missed returns", "known_since": "2019-06-01"}
LOGO_WALL = {"kind": "SPONSORSHIP"}
SPOUSE = {"person": "ana.silva", "what": "her spouse sits on the grantee's board"}


def grant(payee: Any = NGO, found: Any = None, seen: dict[str, Any] | None = None, **leg: Any) -> Facts:
    """Money goes out to a payee, as the registers describe it."""
    return lambda profile: paid(payee, found, profile, seen=seen, **leg)


def project(**leg: Any) -> Facts:
    """Money goes out to a public charity for a project."""
    return lambda profile: paid_to_charity(profile, **leg)


def gift(amount: str = "10000.00", **leg: Any) -> Facts:
    """Money comes in from a company."""
    return lambda profile: given(amount, profile, **leg)


def paid_on(day: str, *rows: Any, **leg: Any) -> Facts:
    """Money goes out on a day, on the registers of that day."""
    found = found_on(day, master_file=master_file(), name_agreement=100.0, revocations=rows)
    return grant(NGO, found, {"screening": screened_on(day)}, **leg)


def in_group(*rows: Any) -> Facts:
    """A chapter is paid whose central organisation has these revocations."""
    row = master_file(name="UNITED LIBRARIES", affiliation="6", group_number="1234")
    central = status(ein="001000009", master_file=row, revocations=rows)
    return grant(CHAPTER, IN_GROUP, {"central": central})


def screened(*matches: Any, **more: Any) -> Facts:
    """Money goes out to a listed charity, and somebody meets the sanctions list."""
    return grant(party(**more), status(), {"screening": screening(*matches)})


def cleared_near(**more: Any) -> Facts:
    """Money goes out to a listed charity whose name is near a listed one. A second person cleared the pair."""
    one = near("Lower River Readers", 91.0).model_copy(update={"cleared_by": ("vera.lind",)})
    return grant(party(also_known_as=("Lower River Readers",)), status(), {"screening": screening(one)}, **more)


def campaign(*matches: Any, **leg: Any) -> Facts:
    """A joint campaign with a company, without money."""
    return lambda profile: joined(profile, *matches, partner=company("Northern Light Telecom Ltd"), **leg)


def conflicted(profile: FunderProfile) -> Assessment:
    content = {"non_monetary": {"funder": "ISOC", "activity": "Open courses", "alignment": "Aligned"}}
    return judged({**content, "interests": (SPOUSE,)}, profile, verification())


CARRIER = beneficiary("Great Plains Carrier Inc", "60", size=250_000)
SMALL_USER = beneficiary("Corner Cafe", "60", size=3)
OWN_COMPANY = beneficiary("Proposer Holdings LLC", "100", related_to_proposer=True)
STALE = status(asked=registers_of(date(2026, 11, 1), irs_bmf=date(2026, 8, 2)))
TWO_OWNERS = (principal("Ann Sdn", "OWNER", "30"), principal("Bob Sdn", "OWNER", "25"))
COMMERCIAL_SITE = {
    "exchange": exchange(site_owner_is_commercial=True),
    "sponsorship": sponsorship(project_of=company("Tower Hosting LLC")),
}
PACK, COVENANT, ER = {"CONTROL_AND_RECORDS"}, {"CHARITABLE_COVENANT"}, {"PRE_GRANT_INQUIRY", "WRITTEN_COMMITMENT"}

CASES: Final = (
    Case("C01", "US (c)(3), FOUNDATION 15, Pub 78 PC, aligned", grant(NGO, both(("PC",))), **all_three(APPROVE)),
    Case("C02", "for-profit LLC asks to be paid directly", grant(company()), **all_three(DENY)),
    Case("C03", "LLC builds software; US sponsor with board-adopted project, control, LLC is vendor at FMV",
         project(sponsorship=sponsorship()), WITH_CONDITIONS, REFER, APPROVE, {"P": {"SPONSOR_FILE"}}),
    Case("C03", "the same, earmarked for the LLC", project(sponsorship=sponsorship(earmarked=True)), APPROVE, REFER,
         DENY),
    Case("C04", "LLC via fiscal agent, who must pass funds on",
         project(sponsorship=sponsorship(wording="FISCAL_AGENT")), **all_three(DENY)),
    Case("C05", "foreign ICT ministry, school connectivity, charitable covenant", grant(MINISTRY, alignment=None),
         WITH_CONDITIONS, REFER, APPROVE, {"P": COVENANT, "X": set()}),
    Case("C06", "US state university, no alignment paper", grant(UNIVERSITY, alignment=None), **all_three(APPROVE)),
    Case("C07", "treaty body not designated under 22 USC 288", grant(TREATY_BODY), WITH_CONDITIONS, REFER,
         WITH_CONDITIONS, {"P": PACK, "X": ER}),
    Case("C08", "community IXP, foreign non-profit association, no ED", grant(IXP, exchange=exchange()),
         WITH_CONDITIONS, DENY, WITH_CONDITIONS, {"P": PACK, "X": ER}),
    Case("C08", "the same with an ED", grant(IXP, exchange=exchange(), equivalency=complete_equivalency()),
         **all_three(APPROVE)),
    Case("C09", "commercial IXP company", grant(company("Metro Exchange Inc"), exchange=exchange(
        operator_is_nonprofit=False, distributes_surplus=True)), **all_three(DENY)),
    Case("C10", "commercial-owned site, hosted by a non-profit that operates the exchange on equal terms",
         project(**COMMERCIAL_SITE), WITH_CONDITIONS, REFER, APPROVE, {"P": {"SPONSOR_FILE", "BENEFIT_FILE"}}),
    Case("C11", "US IXP that is 501(c)(6)", grant(NGO, bmf(subsection="06", foundation="00"), exchange=exchange()),
         REFER, DENY, WITH_CONDITIONS, {"X": {*ER, "SEPARATE_FUND"}}),
    Case("C12", "FOUNDATION 24 / SONFI", grant(NGO, both(("SONFI",), foundation="24")), APPROVE, REFER,
         WITH_CONDITIONS, {"X": ER}),
    Case("C13", "FOUNDATION 17 / SOUNK", grant(NGO, both(("SOUNK",), foundation="17")), APPROVE, REFER, REFER),
    Case("C14", "chapter AFFILIATION 9, absent from Pub 78, central listed + letter", in_group(),
         **all_three(APPROVE)),
    Case("C15", "same but central itself revoked", in_group(STANDING), **all_three(DENY)),
    Case("C16", "revoked 15-MAY-2019, reinstated 15-MAY-2019", paid_on("2026-11-02", SAME_DAY), **all_three(APPROVE)),
    Case("C17", "revoked, reinstated a year later; payment date inside the gap", paid_on("2020-05-14", A_YEAR_LATER),
         **all_three(DENY)),
    Case("C17", "the same, after the gap", paid_on("2020-05-15", A_YEAR_LATER), **all_three(APPROVE)),
    Case("C18", "posted as revoked between tranche 1 and 2: tranche 1", paid_on("2019-08-11", STANDING),
         **all_three(APPROVE)),
    Case("C18", "posted as revoked between tranche 1 and 2: tranche 2 is withheld", paid_on("2019-08-12", STANDING),
         **all_three(DENY)),
    Case("C19", "effective before tranche 1, posted after; no knowledge", paid_on("2019-07-01", STANDING),
         **all_three(APPROVE)),
    Case("C19", "the same; a mail of the staff shows knowledge",
         paid_on("2019-07-01", STANDING, known_changes=(MAIL,)), **all_three(DENY)),
    Case("C20", "not in BMF: church", grant(party(kind="CHURCH"), NOWHERE), **all_three(REFER)),
    Case("C20", "not in BMF: new organisation", grant(NGO, NOWHERE), **all_three(REFER)),
    Case("C20", "not in BMF: government", grant(party(kind="GOVERNMENT"), NOWHERE), **all_three(REFER)),
    Case("C21", "payee exact SDN alias", screened(match("Lower River Readers"), also_known_as=("Lower River Readers",)),
         **all_three(DENY)),
    Case("C22", "director name 0.88 to SDN, other country and date of birth",
         screened(near("Ana Chair", 88.0), principals=(principal("Ana Chair"),)), **all_three(REFER)),
    Case("C23", "payee 30 % + 25 % owned by two SDNs",
         screened(match("Ann Sdn"), match("Bob Sdn"), principals=TWO_OWNERS), **all_three(DENY)),
    Case("C24", "CSR money earmarked for public interest projects", gift(restricted_to="Public interest projects"),
         WITH_CONDITIONS, DENY, NONE, {"P": {"RESTRICTED_FUND"}}),
    Case("C25", "CSR money, not earmarked (F: C24, all donations go to the parent)", gift(), APPROVE, DENY, NONE),
    Case("C26", "gift conditional on a policy position or vendor choice (R16)", gift(influences_priorities=True),
         **all_three(DENY)),
    Case("C27", "sponsorship with logo wall", gift(**LOGO_WALL), APPROVE, NONE, NONE),
    Case("C27", "sponsorship with free booth worth 5 %", gift(**LOGO_WALL, benefit=money("500.00")),
         WITH_CONDITIONS, NONE, NONE, {"P": {"DISCLOSURE"}}),
    Case("C28", "donor names a foreign club that must get the money (R16)", gift(conduit_to="Club of the Bay"),
         **all_three(DENY)),
    Case("C29", "joint campaign, no money, with a for-profit, aligned", campaign(alignment="Open exchanges"),
         **all_three(APPROVE)),
    Case("C29", "the same, no evidence of alignment", campaign(), APPROVE, REFER, APPROVE),
    Case("C30", "joint campaign with a blocked person", campaign(match("Northern Light Telecom Ltd"),
         alignment="Open exchanges"), **all_three(DENY)),
    Case("C31", "non-profit re-grants to 12 non-profit projects, aligned", project(regrant=regrant()), APPROVE, APPROVE,
         WITH_CONDITIONS, {"X": {"REGRANT_COVENANT"}}),
    Case("C31", "the same, no evidence of alignment", project(regrant=regrant(), alignment=None), APPROVE, REFER,
         WITH_CONDITIONS),
    Case("C32", "one sub-recipient turns out to be an LLC", project(regrant=regrant(party(ein=None), company())),
         **all_three(DENY)),
    Case("C33", "infrastructure project; big carrier is main user, open equal access",
         project(benefit=benefit(CARRIER)), APPROVE, REFER, WITH_CONDITIONS, {"X": {"BENEFIT_FILE"}}),
    Case("C33", "the same for a small user", project(benefit=benefit(SMALL_USER)),
         APPROVE, REFER, WITH_CONDITIONS, {"X": {"BENEFIT_FILE"}}),
    Case("C34", "project whose only user is its proposer's company", project(benefit=benefit(OWN_COMPANY)),
         **all_three(DENY)),
    Case("C35", "approver's spouse on grantee board", conflicted, WITH_CONDITIONS, WITH_CONDITIONS, REFER,
         {"P": {"CONFLICT_MINUTES"}, "F": {"CONFLICT_MINUTES"}}),
    Case("C38", "BMF snapshot older than limit", grant(NGO, STALE), **all_three(REFER)),
    Case("C39", "EIN with its lost zero put back; the name confirms it", grant(NGO, status(name_agreement=100.0)),
         **all_three(APPROVE)),
    Case("C39", "EIN with its lost zero put back; the name does not confirm it",
         grant(NGO, status(name_agreement=20.0)), **all_three(REFER)),
    Case("C40", "edition 2026.3 replaces 2026.2 under review: decided under the newer",
         cleared_near(book=EDITIONS["2026.3"]), **all_three(APPROVE)),
    Case("C40", "the same, decided and replayed under 2026.2",
         cleared_near(book=EDITIONS["2026.2"]), **all_three(REFER)),
)  # fmt: skip
