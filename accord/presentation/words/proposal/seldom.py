"""What is seldom true of a proposal: the ticks of its form, and what each of them opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Circumstance(NamedTuple):
    """Something that is seldom true of a proposal: a tick that opens what is asked then."""

    path: str
    words: str
    called: str = ""
    """What the trade calls it, in small letters behind it."""
    kind: str = "group"
    """group, list, text, yes (a question that may be answered yes or no), no (a tick that is set else), parts."""
    beside: tuple[str, ...] = ()
    """The other fields that it opens."""

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"is:{self.path}"


OUT_OFTEN: Final = (
    Circumstance(
        "funds_out.sponsorship", "The payee carries another's project and controls the money", "fiscal sponsor"
    ),
    Circumstance("funds_out.regrant", "The payee gives part of it to others", "re-grant"),
    Circumstance(
        "funds_out.equivalency", "The payee is foreign, and has an opinion that it equals a US charity", "equivalency"
    ),
    Circumstance("funds_out.exchange", "It pays for an Internet exchange point"),
    Circumstance("funds_out.benefit", "A company or a person gains something", "private benefit"),
    Circumstance("funds_out.charged_to", "It is paid from one donor's gift", "restricted gift"),
    Circumstance(
        "funds_out.barrier", "It is owed only once something has happened", "conditional grant", "text",
        ("funds_out.barrier_holds",),
    ),
    Circumstance(
        "funds_out.controlled_by_insider", "One of us, or of our family, controls the payee or what it supports",
        "insider", "yes",
    ),
)  # fmt: skip
"""The eight about money out that are asked of every grant."""

OUT_SELDOM: Final = (
    Circumstance("funds_out.places", "The work is done in another country than the payee's", "", "list"),
    Circumstance("funds_out.funds", "More than one fund pays for it", "", "parts"),
    Circumstance("funds_out.requested", "They asked for another sum"),
    Circumstance("funds_out.alignment", "We say how it serves our own purposes", "supporting organisation", "text"),
    Circumstance("funds_out.programme", "It belongs to one of our programmes", "", "text"),
    Circumstance("funds_out.support", "It is much of what the payee gets", "public support"),
    Circumstance("funds_out.known_changes", "We know of a change in the payee's status", "", "list"),
    Circumstance("funds_out.budget", "It has a budget by line and period"),
    Circumstance("funds_out.milestones", "It has a work plan with milestones", "", "list"),
    Circumstance("funds_out.succession", "Another body takes the agreement over", "succession"),
    Circumstance("funds_out.final_report", "It closes without a final report", "", "no"),
)
OUT_WITH_GIFT: Final = Circumstance(
    "funds_out.waits_for_gift", "Each payment waits until as much of their gift has come in", "", "tick"
)
LICENSED: Final = Circumstance("funds_out.licence", "A licence covers what is done in an embargoed place", "licence")
"""Only asked where the payee, or a place of the work, is under an embargo."""

IN_OFTEN: Final = (
    Circumstance(
        "funds_in.influences_priorities", "It depends on a position, a priority or a vendor of ours", "", "yes"
    ),
    Circumstance(
        "funds_in.names_receiver", "They say who must get the money", "conduit", "yes", ("funds_in.conduit_to",)
    ),
    Circumstance(
        "funds_in.gets_in_return", "They get something in return", "", "yes",
        ("funds_in.benefit", "funds_in.advertising", "funds_in.contingent"),
    ),
    Circumstance(
        "funds_in.restricted_to", "They say what it is for", "restricted gift", "text", ("funds_in.restriction",)
    ),
    Circumstance("funds_in.in_kind", "They give goods or services"),
    Circumstance("funds_in.schedule", "It comes in instalments", "pledge", "list"),
    Circumstance("funds_in.into", "It goes to a fund of ours", "", "text"),
)  # fmt: skip
JOINT: Final = (
    Circumstance("non_monetary.places", "The work is done in another country than the partner's", "", "list"),
    Circumstance("non_monetary.alignment", "We say how it serves our own purposes", "", "text"),
)
PARTNER: Final = (
    Circumstance("partner.papers", "Papers prove what it is, and a verifier read them", "", "list"),
    Circumstance("partner.numbers", "It has a number in a public register of another country", "", "list"),
    Circumstance("partner.also_known_as", "It is known by another name too", "", "list"),
    Circumstance("partner.central", "It belongs to a group with one exemption", "group"),
    Circumstance("partner.governmental", "It is part of a government", "", "tick"),
    Circumstance("partner.address", "We know its postal address"),
    Circumstance("partner.region", "Its region matters, since a part of the country is under an embargo", "", "text"),
    Circumstance("partner.documents", "Documents of it were seen, and not read by a verifier yet", "", "list"),
)
PLAN: Final = (
    Circumstance("interests", "One of us has an interest in it", "conflict of interest", "list"),
    Circumstance("under", "It stands under the agreement of another partnership", "", "text"),
    Circumstance("withheld_for", "It may not be published", "", "text"),
    Circumstance("summary", "A summary of it may be published", "", "text"),
    Circumstance("public_interest.sector", "It has a purpose code of the OECD", "", "text"),
)
EVERY: Final = (
    *OUT_OFTEN, *OUT_SELDOM, OUT_WITH_GIFT, LICENSED, *IN_OFTEN, *JOINT, *PARTNER, *PLAN,
)  # fmt: skip
BY_PATH: Final[Mapping[str, Circumstance]] = {circumstance.path: circumstance for circumstance in EVERY}
