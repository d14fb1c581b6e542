"""The path table: whether a kind of funder may pay a class of recipient, and on which condition (rules 2.4)."""

from __future__ import annotations

from typing import Final, NamedTuple

from domain.parties import FunderProfile
from domain.policy.codes import RecipientClass as Recipient
from domain.policy.findings import Layer, Outcome


class Path(NamedTuple):
    """One cell of the table."""

    outcome: Outcome
    reason: str
    layer: Layer
    citation: str


def _allow(reason: str, citation: str = "26 CFR 1.501(c)(3)-1; rules 2.4") -> Path:
    return Path(Outcome.PASS, reason, Layer.REG, citation)


def _condition(reason: str, layer: Layer, citation: str) -> Path:
    return Path(Outcome.CONDITION, reason, layer, citation)


def _refer(reason: str, layer: Layer = Layer.POLICY, citation: str = "owner's policy; rules 2.4") -> Path:
    return Path(Outcome.REFER, reason, layer, citation)


def _deny(reason: str, layer: Layer = Layer.POLICY, citation: str = "owner's policy, Types of Partnerships") -> Path:
    return Path(Outcome.FAIL, reason, layer, citation)


RULING_68_489: Final = "Rev. Rul. 68-489, 1968-2 C.B. 210"
EXPENDITURE_RESPONSIBILITY: Final = "IRC 4945(d)(4), 4945(h); 26 CFR 53.4945-5"
SUPPORTING_ORGANISATION: Final = "26 CFR 1.509(a)-4(e); published eligibility"

_records = _condition(
    "keep the Rev. Rul. 68-489 file: control over the use of funds, and records", Layer.RULING, RULING_68_489
)
_responsibility = _condition(
    "exercise expenditure responsibility: inquiry, written commitment, reports",
    Layer.STATUTE,
    EXPENDITURE_RESPONSIBILITY,
)
_central = _condition(
    "obtain the central organisation's confirmation that the subordinate is in its group",
    Layer.RULING,
    "Rev. Proc. 80-27; Rev. Proc. 2018-32",
)
_establish_type = _refer(
    "establish the type of supporting organisation first", Layer.RULING, "Notice 2014-4; Notice 2006-109"
)
_note_supporting = _allow("supporting organisation; note its type on file", "IRC 509(a)(3)")
_unknown = _refer("the payee's class could not be established from the registers or the documents")
_for_profit = _deny("money may go only to a non-profit organisation; a for-profit payee is refused whatever its size")
_individual = _refer("grants to individuals run under their own programme", Layer.STATUTE, "IRC 4945(g); rules 2.4")
_covenant = _condition(
    "sign a charitable-purpose covenant; review FCPA and conflicts of interest",
    Layer.REG,
    "26 CFR 53.4945-5(a)(4); 15 U.S.C. 78dd-1",
)

P, F, X = FunderProfile.PUBLIC_CHARITY, FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION

PATHS: Final[dict[Recipient, dict[FunderProfile, Path]]] = {
    Recipient.US_PUBLIC_CHARITY: dict.fromkeys((P, F, X), _allow("US public charity")),
    Recipient.US_SUPPORTING_ORG: dict.fromkeys((P, F, X), _allow("supporting organisation, type I, II or III-FI")),
    Recipient.US_SUPPORTING_ORG_NOT_INTEGRATED: {
        P: _note_supporting,
        F: _refer("type III supporting organisation that is not functionally integrated"),
        X: _responsibility,
    },
    Recipient.US_SUPPORTING_ORG_TYPE_UNKNOWN: {P: _note_supporting, F: _establish_type, X: _establish_type},
    Recipient.US_PRIVATE_FOUNDATION: {P: _records, F: _refer("payee is a private foundation"), X: _responsibility},
    Recipient.US_GROUP_SUBORDINATE: dict.fromkeys((P, F, X), _central),
    Recipient.US_GOVERNMENT: {
        P: _condition(
            "sign a public-purpose agreement with the government unit", Layer.STATUTE, "IRC 170(c)(1); rules 2.4"
        ),
        F: _refer("grants to a US government unit need a decision by the supporting organisation"),
        X: _allow("government unit, treated as a public charity", "26 CFR 53.4945-5(a)(4)(ii)"),
    },
    Recipient.US_OTHER_EXEMPT: {
        P: _refer("exempt, but not a 501(c)(3) charity: non-profit by name, project-only grant to be examined"),
        F: _deny("not a 501(c)(3) organisation or its equivalent", Layer.REG, SUPPORTING_ORGANISATION),
        X: _condition(
            "exercise expenditure responsibility and keep a separate fund",
            Layer.REG,
            "26 CFR 53.4945-6(c); IRC 4945(h)",
        ),
    },
    Recipient.US_CHURCH_UNLISTED: dict.fromkeys(
        (P, F, X), _refer("churches may be absent from the lists; document its status", Layer.STATUTE, "IRC 508(c)(1)")
    ),
    Recipient.FOREIGN_GOVERNMENT: {
        P: _covenant,
        F: _refer("grants to a foreign government need a decision by the supporting organisation"),
        X: _allow("foreign government, treated as a public charity", "26 CFR 53.4945-5(a)(4)(iii)"),
    },
    Recipient.FOREIGN_NONPROFIT: {
        P: _records,
        F: _deny("not (yet) verified as equivalent to a US public charity", Layer.REG, SUPPORTING_ORGANISATION),
        X: _responsibility,
    },
    Recipient.FOR_PROFIT: dict.fromkeys((P, F, X), _for_profit),
    Recipient.INDIVIDUAL: dict.fromkeys((P, F, X), _individual),
    Recipient.UNKNOWN: dict.fromkeys((P, F, X), _unknown),
}
