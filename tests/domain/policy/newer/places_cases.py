"""Worked cases C160 to C179: places, registers abroad, determinations, letters of groups (rules 4.5 to 4.7, 4.14)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from tests.builders import abroad, funds_out, joint, public_interest, regrant, status, verification
from tests.domain.policy.cases import APPROVE, DENY, REFER, Case, Facts, all_three
from tests.domain.policy.language import ALIGNED, judged, screened_on
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

CASES: Final = PLACES

RESTATED: Final[tuple[Restated, ...]] = ()
