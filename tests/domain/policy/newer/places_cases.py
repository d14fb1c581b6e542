"""Worked cases C160 to C179: places, registers abroad, determinations, letters of groups (rules 4.5 to 4.7, 4.14)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

from domain.screening.tax_status import SupportedEvidence
from tests.builders import (
    abroad,
    complete_equivalency,
    funds_out,
    joint,
    master_file,
    paper,
    party,
    public_interest,
    regrant,
    revocation,
    status,
    verification,
)
from tests.domain.policy.cases import APPROVE, DENY, ER, PACK, REFER, WITH_CONDITIONS, Case, Facts, all_three
from tests.domain.policy.language import ALIGNED, found_on, judged, paid, screened_on
from tests.domain.policy.restating import Restated

TEHRAN: Final = "Internet users in Tehran, Iran"
DAY: Final = date(2026, 11, 2)


def serving(
    *places: str, words: str = "Pupils of eleven villages", on: date = DAY, title: str = "", **leg: Any
) -> Facts:
    """A listed charity is paid for a community at these places: countries, or regions of them."""
    where = [{"country": place[:2]} | ({"region": place} if "-" in place else {}) for place in places]
    community = {"kind": "INTERNET_USERS", "places": where, "number": "NOT_KNOWN"}
    content: dict[str, Any] = {
        "public_interest": public_interest(community=community, community_served=words),
        "funds_out": funds_out(alignment=ALIGNED, **leg),
    }
    named = {"title": title} if title else {}
    return lambda profile: judged({**content, **named}, profile, verification(status(), screened_on(on)))


def working(activity: str, *places: str) -> Facts:
    """Joint work without money, at these places."""
    content = {"non_monetary": joint(activity=activity, alignment=ALIGNED, places=[{"country": p} for p in places])}
    return lambda profile: judged(content, profile, verification())


def passed_on(purpose: str) -> Facts:
    """A listed charity passes its grant on to a village circle, for this purpose."""
    given = regrant(abroad("Village Circle"))
    given["subrecipients"][0]["purpose"] = purpose
    return serving("KE", regrant=given)


PLACES: Final = (
    Case("C160", "the community is in Iran, by its code, and no place of activity is given",
         serving("IR", words=TEHRAN), **all_three(DENY)),
    Case("C160", "the same, one of three places, the words say nothing of it", serving("KE", "IR", "UG"),
         **all_three(DENY)),
    Case("C160", "the community is in Syria, after the embargo ended", serving("SY"), **all_three(APPROVE)),
    Case("C160", "the same, a day before it ended", serving("SY", on=date(2025, 6, 30)), **all_three(DENY)),
    Case("C161", "the community is in Crimea, by its region", serving("UA-43"), **all_three(DENY)),
    Case("C161", "the same, the country said to be Russia",
         serving("UA-43", places=[{"country": "RU", "region": "UA-43"}]), **all_three(DENY)),
    Case("C162", "the community is in Ukraine, region not said", serving("UA"), **all_three(REFER)),
    Case("C162", "the same, a region that ISO 3166-2 does not know", serving("UA-99"), **all_three(REFER)),
    Case("C162", "the same, Kyiv", serving("UA-30"), **all_three(APPROVE)),
    Case("C163", "the purpose names Tehran, the codes name Kenya", serving("KE", purpose="Mesh networks for schools in "
         "Tehran"), **all_three(REFER)),
    Case("C163", "the same, written with a sign that nobody sees", serving("KE", purpose="Schools in Teh\u00adran"),
         **all_three(REFER)),
    Case("C163", "the purpose of a sub-recipient names Havana", passed_on("A reading room in Havana"),
         **all_three(REFER)),
    Case("C163", "a Spanish purpose says that money will go: 'irán'",
         serving("KE", purpose="Los fondos irán a once escuelas"), **all_three(APPROVE)),
    Case("C164", "the title names Pyongyang", serving("KE", title="Courses for Pyongyang"), **all_three(REFER)),
    Case("C164", "joint work without money: the activity names Simferopol", working("A course in Simferopol", "KE"),
         **all_three(REFER)),
    Case("C165", "the community's words name Crimea, the codes Ukraine's capital",
         serving("UA-30", words="Families who left Crimea"), **all_three(REFER)),
    Case("C165", "words name Georgia, Damascus after its embargo, and Congo's fever",
         serving("GE", words="Nurses in Tbilisi, Georgia, and in Damascus", purpose="Crimean-Congo fever courses"),
         **all_three(APPROVE)),
)  # fmt: skip


def extract(scheme: str, number: str, dated: str = "2026-03-01") -> dict[str, Any]:
    """An extract of a register abroad, read by a verifier."""
    return {**paper("REGISTRATION"), "dated": dated, "number": {"scheme": scheme, "number": number}}


def registered(name: str, country: str, *papers: Any, found: Any = None, **more: Any) -> Facts:
    """A body abroad with these papers is paid."""
    leg = {key: more.pop(key) for key in ("equivalency", "known_changes") if key in more}
    payee = abroad(name, country=country, papers=list(papers), **more)
    return lambda profile: paid(payee, found, profile, **leg)


def passes_to(party: Any, found: Any = None) -> Facts:
    """A listed charity passes its grant on to a body abroad. The registers say this of its EIN."""
    seen = (SupportedEvidence(party=party.name, status=found),) if found else ()
    return lambda profile: paid(None, status(), profile, seen={"supported": seen}, regrant=regrant(party))


NOTICE: Final = paper("CHARITABLE_STATUS")
INSTRUMENT: Final = paper("GOVERNING_INSTRUMENT")
LOST: Final = {"revocations": (revocation("2026-05-15", "2026-08-10"),), "ein": "001000002"}
REVOKED: Final = status(master_file=None, **LOST)
BY_PACK: Final[dict[str, Any]] = {"conditions": {"P": PACK, "X": ER}}
ASKED: Final[dict[str, Any]] = {"p": REFER, "f": DENY, "x": REFER}
AS_ABROAD: Final[dict[str, Any]] = {"p": WITH_CONDITIONS, "f": DENY, "x": WITH_CONDITIONS, **BY_PACK}
HARBOUR: Final = partial(registered, "Harbour Schools Trust", "KE")
CAMDEN: Final = partial(registered, "The Camden Future Network Limited", "GB")

REGISTERS: Final = (
    Case("C166", "a German body with the number of a company, and that very extract",
         registered("Lernwerk Nord", "DE", extract("DE-CR", "HRB 123456")), **ASKED, **BY_PACK),
    Case("C166", "the same, the number given beside the statutes and in no paper",
         registered("Lernwerk Nord", "DE", INSTRUMENT, numbers=[{"scheme": "DE-CR", "number": "HRB 123456"}]),
         **ASKED),
    Case("C166", "the same code with the number of an association",
         registered("Lernwerk Nord e.V.", "DE", extract("DE-CR", "VR 8726")), **AS_ABROAD),
    Case("C167", "an extract of 1950 that names no register",
         HARBOUR({**paper("REGISTRATION"), "dated": "1950-03-01", "number": None}), **ASKED),
    Case("C167", "an extract of this year that names no register", HARBOUR({**paper("REGISTRATION"), "number": None}),
         **ASKED),
    Case("C167", "an extract of another country's register", HARBOUR(extract("UG-NGO", "5914")), **ASKED),
    Case("C168", "an extract of 24 months ago to the day", HARBOUR(extract("KE-NCB", "218", "2024-11-02")),
         **AS_ABROAD),
    Case("C168", "an extract that is a day older", HARBOUR(extract("KE-NCB", "218", "2024-11-01")), **ASKED),
    Case("C168", "an extract of tomorrow", HARBOUR(extract("KE-NCB", "218", "2026-11-03")), **ASKED),
    Case("C169", "a list code that is unknown", HARBOUR(extract("KE-XYZ", "218")), **ASKED),
    Case("C169", "an unknown code among the numbers, its statutes on file",
         HARBOUR(INSTRUMENT, numbers=[{"scheme": "KE-XYZ", "number": "218"}]), **ASKED),
    Case("C169", "a register that holds companies too", registered("Stichting Kust", "NL", extract("NL-KVK", "4120")),
         **ASKED),
    Case("C169", "the same, its statutes beside it",
         registered("Stichting Kust", "NL", extract("NL-KVK", "4120"), INSTRUMENT), **AS_ABROAD),
    Case("C170", "a charity limited by guarantee: its number of the company, and the charities' extract",
         CAMDEN(extract("GB-CHC", "1090095"), numbers=[{"scheme": "GB-COH", "number": "07444723"}]), **AS_ABROAD),
    Case("C170", "the same, both as papers", CAMDEN(extract("GB-COH", "07444723"), extract("GB-CHC", "1090095")),
         **AS_ABROAD),
    Case("C170", "the same, the charities' number typed and in no paper",
         CAMDEN(extract("GB-COH", "07444723"), numbers=[{"scheme": "GB-CHC", "number": "1090095"}]), **ASKED),
    Case("C170", "the same, the charities' extract too old",
         CAMDEN(extract("GB-COH", "07444723"), extract("GB-CHC", "1090095", "2023-01-01")), **ASKED),
    Case("C171", "a gGmbH with its company's extract and the tax office's notice",
         registered("Lernwerk Nord gGmbH", "DE", extract("DE-CR", "HRB 123456"), NOTICE), **AS_ABROAD),
    Case("C171", "'gemeinnützige GmbH' with the notice alone",
         registered("Lernwerk Nord gemeinnützige GmbH", "DE", NOTICE), **AS_ABROAD),
    Case("C171", "a gGmbH by its name alone, its statutes on file", registered("Lernwerk Nord gGmbH", "DE", INSTRUMENT),
         **ASKED),
    Case("C171", "a gGmbH with a notice of six years ago",
         registered("Lernwerk Nord gGmbH", "DE", INSTRUMENT, {**NOTICE, "dated": "2020-10-01"}), **ASKED),
    Case("C172", "a C.I.C. with an extract of the charities' register",
         registered("Camden Commons C.I.C.", "GB", extract("GB-CHC", "1090095")), **ASKED),
    Case("C172", "a community interest company by its statutes",
         registered("Camden Commons Community Interest Company", "GB", INSTRUMENT), **ASKED),
    Case("C172", "a sub-recipient in a register of companies",
         passes_to(abroad("Readers", papers=[extract("KE-RCO", "77")])), **all_three(REFER)),
    Case("C173", "a charity at home whose US exemption was revoked",
         HARBOUR(extract("KE-NCB", "218"), found=REVOKED, ein="001000002"), **ASKED, **BY_PACK),
    Case("C173", "the same, still in the master file: it is not paid on the lists",
         HARBOUR(extract("KE-NCB", "218"), found=status(**LOST), ein="001000002"), **ASKED, **BY_PACK),
    Case("C173", "the same, a determination on file", HARBOUR(extract("KE-NCB", "218"), found=REVOKED,
         ein="001000002", equivalency=complete_equivalency()), **all_three(REFER)),
    Case("C173", "the same, nothing proves it at home", HARBOUR(found=REVOKED, ein="001000002"), **all_three(DENY)),
    Case("C173", "the same, and the funder knows of a change",
         HARBOUR(extract("KE-NCB", "218"), found=REVOKED, ein="001000002",
                 known_changes=[{"what": "Its register struck it off", "known_since": "2026-10-01"}]),
         **all_three(DENY)),
    Case("C173", "a sub-recipient that is a charity at home, its US exemption revoked",
         passes_to(abroad("Readers", ein="001000002"), REVOKED), **all_three(REFER)),
    Case("C173", "a sub-recipient whose US exemption was revoked and that nothing proves at home",
         passes_to(abroad("Readers", ein="001000002", papers=()), REVOKED), **all_three(DENY)),
)  # fmt: skip


def advised(on: date = DAY, **more: Any) -> Facts:
    """A body abroad with an extract and a determination, complete but for what is said, is paid on a day."""
    payee, seen = abroad(), {"screening": screened_on(on)}
    return lambda profile: paid(payee, None, profile, seen=seen, equivalency=complete_equivalency(**more))


ASKED_OF_IT: Final[dict[str, Any]] = {**all_three(REFER), "conditions": {"P": PACK, "X": ER}}
SCHOOL: Final = {"basis": "170(b)(1)(A)(ii)", "valid_until": "2030-12-31"}
YEAR_END_JUNE: Final = {**SCHOOL, "data_year": 2024, "year_ended_on": "2025-06-30"}

DETERMINATIONS: Final = (
    Case("C174", "a determination with a check of blocked persons of 1999", advised(blocked_checked_on="1999-01-01"),
         **AS_ABROAD),
    Case("C174", "the check twelve months before it, to the day", advised(blocked_checked_on="2025-01-01"),
         **all_three(APPROVE)),
    Case("C174", "the check a day earlier", advised(blocked_checked_on="2024-12-31"), **AS_ABROAD),
    Case("C174", "its paper is of another kind", advised(paper=paper("CHURCH_STATUS")), **AS_ABROAD),
    Case("C175", "its conclusion: 'not equivalent to anything'", advised(basis="not equivalent to anything"),
         **AS_ABROAD),
    Case("C175", "its conclusion: 'not equivalent to 509(a)(2)'", advised(basis="not equivalent to 509(a)(2)"),
         **AS_ABROAD),
    Case("C175", "its conclusion in other words: 'IRC section 509 (a) (2)'", advised(basis="IRC section 509 (a) (2)"),
         **all_three(APPROVE)),
    Case("C175", "an exempt operating foundation, 4940(d)(2)", advised(basis="4940(d)(2)"), **all_three(APPROVE)),
    Case("C175", "nobody says who gave it", advised(practitioner_name=None), **ASKED_OF_IT),
    Case("C175", "nobody says what lets them practise", advised(credential=None), **ASKED_OF_IT),
    Case("C175", "a repository's, and no certificate's number", advised(repository="Equivalence Vault"),
         **ASKED_OF_IT),
    Case("C175", "the same with its number", advised(repository="Equivalence Vault", certificate="EV-2026-118"),
         **all_three(APPROVE)),
    Case("C176", "public support, facts of two years ago", advised(data_year=2024, year_ended_on="2024-12-31"),
         **all_three(APPROVE)),
    Case("C176", "public support, facts of three years ago", advised(data_year=2023, year_ended_on="2023-12-31"),
         **AS_ABROAD),
    Case("C176", "a school, facts of two years ago",
         advised(**SCHOOL, data_year=2024, year_ended_on="2024-12-31"), **AS_ABROAD),
    Case("C176", "a school, valid by its own word until 2099, facts of last year",
         advised(**{**SCHOOL, "valid_until": "2099-12-31"}), **all_three(APPROVE)),
    Case("C176", "the same a year later", advised(date(2027, 1, 1), **{**SCHOOL, "valid_until": "2099-12-31"}),
         **AS_ABROAD),
    Case("C176", "a school whose tax year ends in June, on the last day of its next one",
         advised(date(2026, 6, 30), **YEAR_END_JUNE), **all_three(APPROVE)),
    Case("C176", "the same a day later", advised(date(2026, 7, 1), **YEAR_END_JUNE), **AS_ABROAD),
    Case("C176", "nobody says when its tax year ended", advised(year_ended_on=None), **ASKED_OF_IT),
)  # fmt: skip


def grouped(on: date, *letters: str, member: Any = None) -> Facts:
    """A subordinate of a listed central organisation, with letters of these days, is paid on a day."""
    central = {"name": "United Libraries of the Plains", "ein": "001000009"}
    payee = party(central=central, papers=[{**paper("GROUP_CONFIRMATION"), "dated": day} for day in letters])
    over = found_on(on, ein="001000009", master_file=master_file(affiliation="6", group_number="1234"))
    own = found_on(on, master_file=master_file(affiliation="9", group_number="1234"))
    return lambda profile: paid(payee, own, profile, seen={"screening": screened_on(on), "central": over})


LETTER: Final[dict[str, Any]] = {"conditions": {one: {"GROUP_LETTER_RENEWED"} for one in "PFX"}}
SINCE: Final = date(2027, 1, 22)

GROUPS: Final = (
    Case("C179", "a letter of a group of March 2026, the day before letters must comply",
         grouped(date(2027, 1, 21), "2026-03-01"), **all_three(APPROVE)),
    Case("C179", "the same, on that day", grouped(SINCE, "2026-03-01"), **all_three(WITH_CONDITIONS), **LETTER),
    Case("C179", "the same, a letter of that day beside it", grouped(SINCE, "2026-03-01", "2027-01-22"),
         **all_three(APPROVE)),
    Case("C179", "the same, a newer letter that was dated ahead", grouped(SINCE, "2026-03-01", "2027-01-23"),
         **all_three(WITH_CONDITIONS), **LETTER),
    Case("C179", "no letter is named: one on file from before is not enough", grouped(SINCE),
         **all_three(WITH_CONDITIONS), **LETTER),
)  # fmt: skip

CASES: Final = (*PLACES, *REGISTERS, *DETERMINATIONS, *GROUPS)


RESTATED: Final[tuple[Restated, ...]] = (
    Restated("C51", "a foreign Ltd left at NONPROFIT, registered abroad", WITH_CONDITIONS, DENY, WITH_CONDITIONS,
             "4.6: the extract of a charities' register decides, whatever its form", {"P": PACK, "X": ER}),
)  # fmt: skip
