"""The worked cases C41 on, decided under edition 2026.4: each a door through which money went, or a person was wronged.

Each was seen from outside, or follows from rules 3.1 to 3.10. As the first forty they are judged under three funders.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from domain.grants import Restriction
from domain.parties import FunderProfile
from domain.policy.findings import Assessment, Outcome
from domain.screening.approved_sums import ApprovedSum
from domain.screening.matches import Namesake
from domain.screening.tax_status import NameEvidence, StatusEvidence, SupportedEvidence
from registers.matching.same_name import compare_names
from tests.builders import (
    NOON,
    abroad,
    beneficiary,
    benefit,
    company,
    complete_equivalency,
    equivalency,
    funds_in,
    funds_out,
    gift_evidence,
    master_file,
    match,
    money,
    paper,
    party,
    principal,
    proposal,
    revocation,
    screening,
    sponsorship,
    status,
    verification,
)
from tests.domain.policy.cases import (
    APPROVE,
    DENY,
    ER,
    PACK,
    WITH_CONDITIONS,
    Case,
    Facts,
    all_three,
)
from tests.domain.policy.language import ALIGNED, NOWHERE, bmf, both, judged, paid, pub78

REFER: Final = frozenset({Outcome.REFER})
LIBRARY = "RIVERBEND LIBRARY NETWORK"
FOUR_YEARS = {"total": {"amount": "4000", "currency": "USD"}}
LICENCE = {"kind": "GENERAL", "reference": "31 CFR 515.565", "facts": "Books only", "valid_from": "2026-01-01"}


def pay(payee: Any = None, found: Any = None, seen: dict[str, Any] | None = None, **leg: Any) -> Facts:
    """Money goes out to a payee, as the registers describe it."""
    return lambda profile: paid(payee, found, profile, seen=seen, **leg)


def known_as(given: str, registered: str = LIBRARY) -> StatusEvidence:
    """The registers' entry of an EIN, its name compared with the given one by the product's own comparison."""
    found = compare_names(given, registered)
    said = {"given": given, "registered": registered, "further": False, "explanation": found.explained()}
    return status(names=(NameEvidence(confirms=found.confirms, **said),))


def named(given: str) -> Facts:
    """A payee of this name gives the EIN of the Riverbend Library Network."""
    return pay(party(given), known_as(given))


def joint_work(country: str) -> Facts:
    """Joint work without money with somebody at a place."""
    content = {
        "partner": abroad("Harbour Schools", country=country),
        "non_monetary": {"funder": "ISOC", "activity": "A joint course", "alignment": ALIGNED},
    }
    return partial(_joint_work, content)


def _joint_work(content: dict[str, Any], profile: FunderProfile) -> Assessment:
    return judged(content, profile, verification())


def screened(*matches: Any, **more: Any) -> Facts:
    return pay(party(**more), status(), {"screening": screening(*matches)})


def namesake(staff_id: str) -> Namesake:
    return Namesake(staff_id=staff_id, name="Rosa Quiroga", of="Riverbend Library Network (US)")


def screened_with(*namesakes: Namesake, interests: Any = (), **more: Any) -> Facts:
    """A listed charity is paid. People of the staff bear the names of people behind it."""
    seen = verification(status(), screening().model_copy(update={"namesakes": namesakes}))
    content = {"funds_out": funds_out(payee=party(**more), alignment=ALIGNED), "interests": interests}
    return lambda profile: judged(content, profile, seen)


ROSA = match("Rosa Quiroga").model_copy(update={"certain": False})
CHAIR = (principal("Rosa Quiroga"),)
OWNER = (principal("Rosa Quiroga", "OWNER", "60"),)
MINISTRY = partial(abroad, "Ministry of ICT", kind="GOVERNMENT")
UNION = partial(abroad, "Union of Lake Networks", kind="INTERNATIONAL_ORGANIZATION")
CIRCLE = {"party": abroad("Village Circle", country="CU"), "purpose": "A room"}
PASSED_ON = {"subrecipients": [CIRCLE], "payee_selects": True, "covenant": True}
BY_PACK: Final[dict[str, Any]] = {"conditions": {"P": PACK, "X": ER}}


def passed_on(*supported: Any, **looked_up: StatusEvidence) -> Facts:
    """A listed charity passes its grant on to these. The registers say this of their EINs, by name."""
    seen = tuple(SupportedEvidence(party=name, status=found) for name, found in looked_up.items())
    named_too = [{"party": one, "purpose": "A reading room"} for one in supported]
    covenant = {"subrecipients": named_too, "payee_selects": True, "covenant": True}
    return pay(None, status(), {"supported": seen}, regrant=covenant)


def serving(community: str) -> Facts:
    """A listed charity is paid for a community that is described so."""
    interest = {**proposal().public_interest.model_dump(), "community_served": community}
    content = {"funds_out": funds_out(alignment=ALIGNED), "public_interest": interest}
    return lambda profile: judged(content, profile, verification(status()))


def from_gift(
    limits: dict[str, Any] | None, *places: str, funder: str = "ISOC", got_back_by: tuple[str, ...] = (), **leg: Any
) -> Facts:
    """A restricted gift pays for a leg with the donor's very words. It is spent at these places."""
    restriction = None if limits is None else Restriction.model_validate(limits)
    known = {"funder": funder, "restriction": restriction, "restricted_to": "Training", "got_back_by": got_back_by}
    gift = gift_evidence(**known, received="9000.00")
    spent = {"charged_to": {"gift": gift.gift}, "places": [{"country": place} for place in places], **leg}
    return pay(None, status(), {"gift": gift}, **spent)


def round_trip(donor: str) -> Facts:
    """A donor restricts their money, and a listed charity is paid, in one partnership."""
    given = funds_in(donor=party(donor, ein=None), restricted_to="Training")
    content = {"funds_out": funds_out(alignment=ALIGNED), "funds_in": given}
    return lambda profile: judged(content, profile, verification(status()))


UNDER = {"affiliation": "9", "group_number": "1234"}
EARLIER = ApprovedSum.model_validate(
    {"partnership_id": "P-2026-0007", "money": money("60000.00"), "approved_at": NOON, "same_payee": True}
)
CIRCLE_OF_READERS = partial(party, "Readers", ein="001000002")
READERS = partial(status, ein="001000002")

LATER: Final = (
    Case("C41", "'Library' gives the EIN of Riverbend Library Network", named("Library"), **all_three(REFER)),
    Case("C42", "'Network Library GmbH' gives it", named("Network Library GmbH"), **all_three(REFER)),
    Case("C43", "'Riverbend Library Network Services LLC' gives it", named("Riverbend Library Network Services LLC"),
         **all_three(REFER)),
    Case("C44", "'Friends of the Riverbend Library Network' gives it",
         named("Friends of the Riverbend Library Network"), **all_three(REFER)),
    Case("C45", "'The Riverbend Lib Netwrok, Inc.' gives it", named("The Riverbend Lib Netwrok, Inc."),
         **all_three(APPROVE)),
    Case("C46", "an individual asks to be paid", pay(party("Rosa Quiroga", kind="INDIVIDUAL", ein=None)),
         **all_three(DENY)),
    Case("C47", "the funder pays itself", pay(party("Internet Society, Inc."), known_as("Internet Society, Inc.",
         "INTERNET SOCIETY")), **all_three(DENY)),
    Case("C48", "a US body that calls itself international is a business league, 501(c)(6)",
         pay(party(kind="INTERNATIONAL_ORGANIZATION"), bmf(subsection="06", foundation="00")), REFER, DENY, REFER),
    Case("C49", "a US body that calls itself international, listed nowhere",
         pay(party(kind="INTERNATIONAL_ORGANIZATION"), NOWHERE), **all_three(REFER)),
    Case("C50", "an academic body with an owner of 60 per cent",
         pay(party(kind="ACADEMIC", principals=OWNER), status()), **all_three(REFER)),
    Case("C51", "a foreign Ltd left at NONPROFIT, registered abroad", pay(abroad("Kampala Networks Ltd")), REFER, DENY,
         REFER),
    Case("C52", "a foreign non-profit by its own word alone", pay(abroad(papers=())), REFER, DENY, REFER),
    Case("C53", "the same, an extract of its register read", pay(abroad(papers=[paper("REGISTRATION")])),
         WITH_CONDITIONS, DENY, WITH_CONDITIONS, **BY_PACK),
    Case("C54", "a ministry with a covenant and nothing else",
         pay(MINISTRY(papers=[paper("CHARITABLE_COVENANT")])), **all_three(REFER)),
    Case("C55", "a ministry on a government's published list", pay(MINISTRY(papers=[paper("GOVERNMENT_STATUS")])),
         WITH_CONDITIONS, REFER, APPROVE),
    Case("C56", "an international body by its own word alone", pay(UNION(papers=())), **all_three(REFER)),
    Case("C57", "the same, its treaty read", pay(UNION(papers=[paper("TREATY")])), WITH_CONDITIONS, REFER,
         WITH_CONDITIONS, **BY_PACK),
    Case("C58", "an equivalency determination typed in, without the paper",
         pay(abroad(), equivalency=equivalency()), WITH_CONDITIONS, DENY, WITH_CONDITIONS, **BY_PACK),
    Case("C59", "a determination complete, read and current", pay(abroad(), equivalency=complete_equivalency()),
         **all_three(APPROVE)),
    Case("C60", "a determination that leaves blocked persons open",
         pay(abroad(), equivalency={**complete_equivalency(), "blocked_check": False}), **all_three(DENY)),
    Case("C61", "a payee in Iran", pay(abroad(country="IR")), **all_three(DENY)),
    Case("C62", "a payee in Cuba, a licence on file", pay(abroad(country="CU"), licence=LICENCE), REFER, DENY, REFER),
    Case("C63", "a listed charity whose project is in North Korea", pay(None, status(), places=[{"country": "KP"}]),
         **all_three(DENY)),
    Case("C64", "a sub-recipient in Cuba", pay(None, status(), regrant=PASSED_ON), **all_three(DENY)),
    Case("C65", "a payee in Ukraine, region not said", pay(abroad(country="UA")), REFER, DENY, REFER),
    Case("C66", "a payee in Crimea", pay(abroad(country="UA", region="UA-43")), **all_three(DENY)),
    Case("C67", "joint work without money in North Korea", joint_work("KP"), **all_three(DENY)),
    Case("C68", "a director who bears a listed name, no date of birth", screened(ROSA, principals=CHAIR),
         **all_three(REFER)),
    Case("C69", "the same, cleared by a second person",
         screened(ROSA.model_copy(update={"cleared_by": ("vera.lind",)}), principals=CHAIR), **all_three(APPROVE)),
    Case("C70", "the same, the listed date of birth agrees", screened(match("Rosa Quiroga"), principals=CHAIR),
         **all_three(DENY)),
    Case("C71", "an owner of 60 per cent who bears a listed name", screened(ROSA, principals=OWNER),
         **all_three(REFER)),
    Case("C72", "a central organisation, Publication 78 GROUP alone", pay(None, pub78("GROUP")), **all_three(APPROVE)),
    Case("C73", "501(c)(3), deductibility 0, no subordinate", pay(None, bmf(deductibility="0")), **all_three(REFER)),
    Case("C74", "an exempt operating foundation", pay(None, bmf(foundation="02")), WITH_CONDITIONS, REFER, APPROVE,
         {"P": PACK}),
    Case("C75", "a listed charity that an insider of the funder controls",
         pay(None, status(), controlled_by_insider=True), **all_three(REFER)),
    Case("C76", "an unlisted church, its status read", pay(party(kind="CHURCH", papers=[paper("CHURCH_STATUS")]),
         NOWHERE), **all_three(APPROVE)),
    Case("C77", "a company behind a charity's EIN", pay(company("Riverbend Library Network LLC", ein="001000001"),
         known_as("Riverbend Library Network LLC")), **all_three(DENY)),
    Case("C78", "a sub-recipient that a register lists under its own name",
         passed_on(CIRCLE_OF_READERS(), Readers=READERS()), **all_three(APPROVE)),
    Case("C79", "a sub-recipient whose exemption was revoked",
         passed_on(CIRCLE_OF_READERS(), Readers=READERS(revocations=(revocation("2026-05-15", "2026-08-10"),))),
         **all_three(DENY)),
    Case("C80", "a sub-recipient that no register lists", passed_on(CIRCLE_OF_READERS(),
         Readers=READERS(master_file=None)), **all_three(REFER)),
    Case("C81", "a US sub-recipient without an EIN", passed_on(party("Readers", ein=None)), **all_three(REFER)),
    Case("C82", "a foreign sub-recipient by its own word alone", passed_on(abroad("Readers", papers=())),
         **all_three(REFER)),
    Case("C83", "a sub-recipient with the EIN of another body",
         passed_on(CIRCLE_OF_READERS(), Readers=READERS(name_agreement=0.0)), **all_three(REFER)),
    Case("C84", "the funder as its payee's sub-recipient", passed_on(abroad("The Internet Society")),
         **all_three(DENY)),
    Case("C85", "a sub-recipient that is a business league, 501(c)(6)",
         passed_on(CIRCLE_OF_READERS(), Readers=READERS(master_file=master_file(subsection="06", foundation="00"))),
         **all_three(REFER)),
    Case("C86", "a sponsor takes on the project of a body that nobody knows",
         pay(None, status(), sponsorship=sponsorship(project_of=abroad("Readers", papers=()))), **all_three(REFER)),
    Case("C87", "the same, an extract of its register read",
         pay(None, status(), sponsorship=sponsorship(project_of=abroad("Readers"))), **all_three(WITH_CONDITIONS)),
    Case("C88", "a director of the payee bears the name of one of the staff",
         screened_with(namesake("ana.silva"), principals=CHAIR), **all_three(REFER)),
    Case("C89", "the same, a verifier declared that it is they",
         screened_with(namesake("ana.silva"), interests=[{"person": "ana.silva", "what": "She chairs the payee"}],
                       principals=CHAIR), WITH_CONDITIONS, WITH_CONDITIONS, REFER),
    Case("C90", "all of a project's use goes to a carrier that is nobody's relative",
         pay(None, status(), benefit=benefit(beneficiary(share="100"))), **all_three(DENY)),
    Case("C91", "nine tenths of it do", pay(None, status(), benefit=benefit(beneficiary(share="90"))),
         **all_three(REFER)),
    Case("C92", "a main user, and nobody says whether the purpose needs that",
         pay(None, status(), benefit=benefit(beneficiary(), unavoidable=None)), **all_three(REFER)),
    Case("C93", "a company sponsors nothing, and who benefits is not given",
         pay(None, status(), no_private_benefit=None, sponsorship=sponsorship()), **all_three(REFER)),
    Case("C94", "an exchange by its words, without the facts of one",
         pay(None, status(), purpose="Switches for the Lakeside IXP"), **all_three(REFER)),
    Case("C95", "alignment 'n/a' under the Foundation", pay(None, status(), alignment="n/a"), APPROVE, REFER, APPROVE),
    Case("C96", "'various local stakeholders' as the community served", serving("various local stakeholders"),
         **all_three(REFER)),
    Case("C97", "a gift for Kenya is spent in Kenya", from_gift({"places": ["KE"], "whole": True}, "KE"),
         **all_three(APPROVE)),
    Case("C98", "the same gift, spent in Uganda in the donor's own words", from_gift({"places": ["KE"], "whole": True},
         "UG"), **all_three(DENY)),
    Case("C99", "the same gift, and nobody says where it is spent", from_gift({"places": ["KE"], "whole": True}),
         **all_three(REFER)),
    Case("C100", "a gift restricted in words alone, copied letter by letter", from_gift(None, "KE"),
         **all_three(REFER)),
    Case("C101", "a gift 'for public interest projects', of which the parts say all",
         from_gift({"whole": True}, "UG"), **all_three(APPROVE)),
    Case("C102", "a gift to another funder", from_gift({"whole": True}, "KE", funder="SAMPLE-PF"), **all_three(DENY)),
    Case("C103", "a gift after its last day", from_gift({"not_after": "2026-10-31", "whole": True}, "KE"),
         **all_three(DENY)),
    Case("C104", "a gift that excludes equipment", from_gift({"excluded_uses": ["EQUIPMENT"], "whole": True}, "KE",
         uses=["EQUIPMENT"]), **all_three(DENY)),
    Case("C105", "a gift for another objective", from_gift({"objectives": ["SKILLS"], "whole": True}, "KE"),
         **all_three(DENY)),
    Case("C106", "a payee that got other sums this year: who must approve follows from all",
         pay(None, status(), {"together": (EARLIER,)}), **all_three(APPROVE)),
    Case("C107", "a subordinate whose deductibility is undefined, as its central's is not deductible",
         pay(party(central={"name": "Over All", "ein": "001000003"}), bmf(deductibility="0", **UNDER),
             {"central": bmf(deductibility="2", affiliation="6", group_number="1234")}), **all_three(REFER)),
    Case("C108", "an exempt operating foundation that Publication 78 calls a private one",
         pay(None, both(("PF",), foundation="02")), WITH_CONDITIONS, REFER, REFER),
    Case("C109", "a foreign body with an extract, and a determination for another funder beside it",
         pay(abroad(), equivalency=complete_equivalency(funder="ANOTHER")), WITH_CONDITIONS, DENY, WITH_CONDITIONS),
    Case("C110", "a grant above its payee's yearly revenue, and nobody says what supports it",
         pay(None, bmf(revenue="999")), **all_three(REFER)),
    Case("C111", "the same, a quarter of the support of four years", pay(None, bmf(revenue="999"), support=FOUR_YEARS),
         **all_three(APPROVE)),
    Case("C112", "the same, with another grant in the same year",
         pay(None, bmf(revenue="999"), support={**FOUR_YEARS, "beside": "0.01"}), **all_three(WITH_CONDITIONS)),
    Case("C113", "a payee that files the postcard, whose revenue is at most 50,000",
         pay(None, bmf(revenue="0", filing="02"), tranches=[{"number": 1, "money": money("50000.01")}]),
         **all_three(REFER)),
    Case("C114", "a school with little revenue: its status does not rest on support",
         pay(None, bmf(revenue="100", foundation="11")), **all_three(APPROVE)),
    Case("C115", "an operating foundation, which spends by itself", pay(None, bmf(foundation="03")),
         WITH_CONDITIONS, REFER, WITH_CONDITIONS),
    Case("C116", "a charity that an insider of the funder controls", pay(None, status(), controlled_by_insider=True),
         **all_three(REFER)),
    Case("C117", "a restricted gift pays the donor's own project, through a sponsor",
         from_gift({"whole": True}, "KE", sponsorship=sponsorship(), got_back_by=("Copper Kettle Software LLC",)),
         **all_three(REFER)),
    Case("C118", "a donor of restricted money is the payee of the same partnership",
         round_trip("Riverbend Library Network"), REFER, DENY, REFER),
    Case("C119", "a donor of restricted money, and a payee that is another", round_trip("Northern Light"),
         WITH_CONDITIONS, DENY, WITH_CONDITIONS),
)  # fmt: skip
