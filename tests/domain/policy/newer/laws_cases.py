"""Worked cases C130 to C149: what a cleared question leaves standing, and what a private foundation must ask."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from domain.parties import Funder, FunderProfile, Party
from domain.policy.findings import Assessment
from domain.proposal import Funding
from domain.screening.tax_status import StatusEvidence
from tests.builders import (
    abroad,
    beneficiary,
    benefit,
    funds_out,
    master_file,
    paper,
    party,
    sponsorship,
    status,
    verification,
)
from tests.domain.policy.cases import (
    APPROVE,
    COVENANT,
    DENY,
    ER,
    PACK,
    REFER,
    WITH_CONDITIONS,
    Case,
    Facts,
    all_three,
    grant,
)
from tests.domain.policy.language import ALIGNED, NOWHERE, bmf, judged
from tests.domain.policy.restating import Restated

CONTROLLED: Final[dict[str, Any]] = {"controlled_by_insider": True}
FUND, CORPUS, FILE = {"SEPARATE_FUND"}, {"OUT_OF_CORPUS"}, {"BENEFIT_FILE"}
LEAGUE = partial(bmf, subsection="06", foundation="00")
MINISTRY = partial(abroad, "Ministry of ICT", kind="GOVERNMENT")
UNPROVED = {"P": PACK, "F": PACK, "X": ER | FUND}
NGO = partial(abroad, papers=[paper("REGISTRATION")])


def passed_on(*supported: Any, **more: Any) -> Facts:
    """A listed charity passes its grant on to these."""
    named = [{"party": one, "purpose": "A reading room"} for one in supported]
    return grant(None, status(), regrant={"subrecipients": named, "payee_selects": True, "covenant": True, **more})


SOCIETY = Funder(funder_id="ISOC", name="Internet Society", profile=FunderProfile.PUBLIC_CHARITY,
                 account="BA-W7SW7OMSGC5X", ein="001000055",
                 also_known_as=("ISOC", "The Riverbend Fund"))  # fmt: skip
SISTER = Funder(funder_id="ISOC-FOUNDATION", name="Internet Society Foundation", profile=FunderProfile.SUPPORTING_ORG,
                account="BA-BZ5VXJJA4UMZ", ein="001000056")  # fmt: skip


def in_house(payee: Party, found: StatusEvidence | None = None, **leg: Any) -> Facts:
    """Money goes out of an organisation with two funders, whose names and numbers the directory has."""
    return partial(_in_house, payee, found or status(), leg)


def _in_house(payee: Party, found: StatusEvidence, leg: dict[str, Any], profile: FunderProfile) -> Assessment:
    house = Funding(funders=(SOCIETY.model_copy(update={"profile": profile}),), others=(SISTER,))
    content = {"funds_out": funds_out(payee=payee, alignment=ALIGNED, **leg)}
    return judged(content, profile, verification(found), of=house)


CASES: Final[tuple[Case, ...]] = (
    Case("C130", "a foreign non-profit that an insider of the funder controls, cleared or not",
         grant(NGO(), **CONTROLLED), REFER, DENY, REFER, {"P": PACK, "X": ER | CORPUS}),
    Case("C130", "a US private foundation that one controls", grant(None, bmf(foundation="04"), **CONTROLLED),
         **all_three(REFER), conditions={"P": PACK, "F": PACK, "X": ER | CORPUS}),
    Case("C130", "a business league that one controls", grant(None, LEAGUE(), **CONTROLLED), REFER, DENY, REFER,
         {"P": PACK, "X": ER | FUND | CORPUS}),
    Case("C131", "a business league, 501(c)(6): non-profit by name, and the file is asked", grant(None, LEAGUE()),
         REFER, DENY, WITH_CONDITIONS, {"P": PACK, "X": ER | FUND}),
    Case("C132", "a supporting organisation of unknown type", grant(None, bmf(foundation="17")),
         APPROVE, REFER, REFER, {"X": ER}),
    Case("C133", "an organisation of foundation code 18, which the table does not know",
         grant(None, bmf(foundation="18")), **all_three(REFER), conditions=UNPROVED),
    Case("C134", "a foreign body by its own word: no lighter once cleared than with its paper",
         grant(abroad(papers=())), REFER, DENY, REFER, {"P": PACK, "X": ER | FUND}),
    Case("C134", "a body that no register lists any more", grant(None, NOWHERE), **all_three(REFER),
         conditions=UNPROVED),
    Case("C134", "a ministry by its own word", grant(MINISTRY(papers=())), **all_three(REFER),
         conditions={"P": PACK | COVENANT, "F": PACK | COVENANT, "X": ER | FUND | COVENANT}),
    Case("C135", "a foreign ministry on a published list: its undertaking, also under the Foundation",
         grant(MINISTRY(papers=[paper("GOVERNMENT_STATUS")])), WITH_CONDITIONS, REFER, WITH_CONDITIONS,
         {"P": COVENANT, "F": COVENANT, "X": COVENANT}),
    Case("C136", "the funder chooses foreign sub-recipients: each is its own grantee",
         passed_on(NGO("Readers"), payee_selects=False), **all_three(REFER),
         conditions={"P": PACK | {"REGRANT_COVENANT"}, "X": ER | {"REGRANT_COVENANT"}}),
    Case("C136", "a village that nothing proves is a sub-recipient", passed_on(abroad("Readers", papers=())),
         **all_three(REFER), conditions={key: {"REGRANT_COVENANT"} for key in "PFX"}),
    Case("C137", "those who benefit are a closed list",
         grant(None, status(), benefit=benefit(beneficiary(share="20"), class_is_open=False)), **all_three(REFER),
         conditions=dict.fromkeys("PFX", FILE)),
    Case("C138", "a sponsor takes on the project of a group without an EIN",
         grant(None, status(), sponsorship=sponsorship(project_of=party("Readers", ein=None))), **all_three(REFER),
         conditions={key: {"SPONSOR_FILE"} for key in "PFX"}),
    Case("C139", "a supporting organisation that a disqualified person controls: it never counts to the payout",
         grant(None, bmf(foundation="21"), **CONTROLLED), **all_three(REFER), conditions={"X": ER}),
    Case("C140", "the funder under another name, by its own EIN", in_house(party("Some Library", ein="001000055")),
         **all_three(DENY)),
    Case("C140", "the funder under a further name of the directory's", in_house(party("Riverbend Fund, Inc.")),
         **all_three(DENY)),
    Case("C140", "the funder's short name, its long one as a further name",
         in_house(party("I. S. O. C.", also_known_as=("The Internet Society",))), **all_three(DENY)),
    Case("C140", "an EIN that the register gives to the funder", in_house(party("Some Library"),
         status(master_file=master_file(name="INTERNET SOCIETY"))), **all_three(DENY)),
    Case("C141", "another funder of the same organisation: a related party",
         in_house(party("Internet Society Foundation", ein="001000056")), **all_three(REFER)),
    Case("C141", "the same as sub-recipient of its sister's payee", in_house(party(), regrant={
         "subrecipients": [{"party": abroad("The Internet Society Foundation"), "purpose": "A room"}],
         "payee_selects": True, "covenant": True}), **all_three(REFER)),
    Case("C142", "a chapter whose name begins with the funder's is somebody else",
         in_house(party("Internet Society Riverbend Chapter")), **all_three(APPROVE)),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
