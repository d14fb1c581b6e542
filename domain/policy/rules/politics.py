"""Rules on politics: words that speak of elections, candidates, referendums or lobbying, and voters (rules 4.12)."""

from __future__ import annotations

import re
from typing import Final

from domain.grants import UseOfFunds
from domain.parties import FunderProfile
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis, Rule, Verdict

PRIVATE: Final = FunderProfile.PRIVATE_FOUNDATION

SPEAKS_OF: Final = {
    UseOfFunds.ELECTION: re.compile(
        r"\b(candidates?|candidacy|candidat\w*|campaign (?:of|for) (?:the )?(?:president|senat|mayor|governor)\w*|"
        r"political part(?:y|ies)|politicians?|partisan|partido\w*)\b"
    ),
    UseOfFunds.VOTER_REGISTRATION: re.compile(r"\b(voter registration|register(?:ing)? voters|voters'? rolls?)\b"),
    UseOfFunds.VOTER_EDUCATION: re.compile(
        r"\b(elections?|electoral\w*|elec(?:ciones|cion|ción|toral\w*)|élections?|elei[cç](?:ao|ão|oes|ões)|wahl(?:en|kampf)|"
        r"vot(?:e|es|er|ers|ing)|ballots?|polling stations?)\b"
    ),
    UseOfFunds.LOBBYING: re.compile(
        r"\b(lobby(?:ing|ist|ists)?|referend(?:um|ums|a|o|os)|référendums?|plebiscites?|"
        r"ballot (?:measures?|initiatives?)|influenc\w+ (?:the )?legislation|legislative (?:campaign|advocacy)|"
        r"pass(?:age of|ing) (?:the |a )?(?:bill|law|act))\b"
    ),
}
"""By use: the words that speak of it, in lower case. What speaks of elections may be the education of voters."""

_NOT_PARTISAN: Final = re.compile(r"\bnon-?partisan\b")

ANSWERED_BY: Final = {
    UseOfFunds.ELECTION: frozenset({UseOfFunds.ELECTION}),
    UseOfFunds.VOTER_REGISTRATION: frozenset({UseOfFunds.VOTER_REGISTRATION, UseOfFunds.ELECTION}),
    UseOfFunds.VOTER_EDUCATION: frozenset(
        {UseOfFunds.VOTER_EDUCATION, UseOfFunds.VOTER_REGISTRATION, UseOfFunds.ELECTION}
    ),
    UseOfFunds.LOBBYING: frozenset({UseOfFunds.LOBBYING}),
}
"""By use that words speak of: the uses of which one says already what is meant. That one is judged by PROJECT-USES."""


def spoken_of(text: str) -> dict[UseOfFunds, str]:
    """Return the uses that a text speaks of, each with its first word that does."""
    folded_text = _NOT_PARTISAN.sub("", text.casefold())
    matches = {use: pattern.search(folded_text) for use, pattern in SPEAKS_OF.items()}
    return {use: match[0] for use, match in matches.items() if match is not None}


def politics_are_named(facts: Facts) -> Verdict | None:
    """Where words speak of politics, and no use says what is meant, a person looks at them (501(c)(3); 4945(d))."""
    out, joint = facts.funds_out, facts.non_monetary
    if out is None and joint is None:
        return None
    said = {"the title": facts.title, "the purpose": out.purpose if out else joint.activity if joint else ""}
    uses = frozenset(out.uses) if out else frozenset[UseOfFunds]()
    asked = {
        f"{where} speaks of {word!r}": use
        for where, text in said.items()
        for use, word in spoken_of(text).items()
        if not ANSWERED_BY[use] & uses
    }
    if not asked:
        return Verdict(Outcome.PASS, "no words of politics but what the uses say")
    suggested = ", ".join(dict.fromkeys(use.value for use in asked.values()))
    reason = f"{'; '.join(asked)}; if it is so, give `uses` as {suggested}"
    return Verdict(Outcome.REFER, reason, about=tuple(asked))


def voters_are_registered_by_who_may(facts: Facts) -> Verdict | None:
    """A private foundation pays a drive to register voters only under section 4945(f); others, a non-partisan one."""
    out = facts.funds_out
    if out is None or UseOfFunds.VOTER_REGISTRATION not in out.uses:
        return None
    if facts.funder.profile is PRIVATE:
        reason = (
            "a drive to register voters: show that the grantee and the drive meet IRC 4945(f), in five states or more"
        )
        return Verdict(Outcome.REFER, reason, basis=Basis(Layer.STATUTE, "IRC 4945(d)(2), 4945(f)", confirmed=False))
    return Verdict(Outcome.PASS, "voters are registered without regard to party or candidate")


RULES: Final = (
    Rule("PROJECT-POLITICS", Layer.STATUTE, "IRC 501(c)(3), 4945(d)(1), 4945(d)(2)", True, politics_are_named,
         since="2026.5", why="a campaign for a candidate passed by its default use"),
    Rule("PROJECT-VOTERS", Layer.STATUTE, "IRC 501(c)(3)", True, voters_are_registered_by_who_may,
         since="2026.5", why="a drive to register voters had no use of its own"),
)  # fmt: skip
