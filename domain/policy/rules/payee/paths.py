"""The path table: whether a kind of funder may pay a class of recipient, and on which conditions (rules 2.4).

Its columns are the funder's profile: P the public charity, F its supporting organisation, X a private foundation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from domain.parties import FunderProfile
from domain.policy.codes import RecipientClass as Recipient
from domain.policy.conditions import ConditionId
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Basis


class Path(NamedTuple):
    """A cell of the table: the outcome for one class of recipient and kind of funder."""

    outcome: Outcome
    reason: str
    basis: Basis
    conditions: tuple[ConditionId, ...] = ()
    """The conditions to meet if the payment is allowed and, of a referral, once a person cleared it (rules 4.2)."""

    @property
    def lawful(self) -> bool:
        """True if the payment is allowed, with or without conditions."""
        return self.outcome in {Outcome.PASS, Outcome.CONDITION}


CHARITY: Final = Basis(Layer.REG, "26 CFR 1.501(c)(3)-1; rules 2.4")
RULING_68_489: Final = Basis(Layer.RULING, "Rev. Rul. 68-489, 1968-2 C.B. 210")
RESPONSIBILITY: Final = Basis(Layer.STATUTE, "IRC 4945(d)(4), 4945(h); 26 CFR 53.4945-5")
EXEMPT_OPERATING: Final = Basis(Layer.STATUTE, "IRC 4945(d)(4)(A), 4940(d)(2)")
SEPARATE_FUND: Final = Basis(Layer.REG, "26 CFR 53.4945-6(c); IRC 4945(h)")
GROUP: Final = Basis(Layer.RULING, "Rev. Proc. 80-27; Rev. Proc. 2018-32")
SUPPORTING_TYPE: Final = Basis(Layer.RULING, "Notice 2014-4; Notice 2006-109")
GOVERNMENT: Final = Basis(Layer.REG, "26 CFR 53.4945-5(a)(4)")
PUBLIC_PURPOSE: Final = Basis(Layer.STATUTE, "IRC 170(c)(1); rules 2.4")
CORRUPT_PRACTICES: Final = Basis(Layer.REG, "26 CFR 53.4945-5(a)(4); 15 U.S.C. 78dd-1")
EQUIVALENCE: Final = Basis(Layer.REG, "26 CFR 53.4945-5(a)(5); Rev. Proc. 2017-53")
PUBLISHED_ELIGIBILITY: Final = Basis(Layer.REG, "26 CFR 1.509(a)-4(e); published eligibility")
CHURCH: Final = Basis(Layer.STATUTE, "IRC 170(b)(1)(A)(i), 508(c)(1)(A)")
INDIVIDUALS: Final = Basis(Layer.STATUTE, "IRC 4945(g); rules 2.4")
OWNERS_POLICY: Final = Basis(Layer.POLICY, "owner's policy, Types of Partnerships")

EXERCISE_RESPONSIBILITY: Final = (ConditionId.PRE_GRANT_INQUIRY, ConditionId.WRITTEN_COMMITMENT)


def allow(reason: str, basis: Basis = CHARITY) -> Path:
    """Return a cell that allows the payment."""
    return Path(Outcome.PASS, reason, basis)


def condition(reason: str, basis: Basis, *conditions: ConditionId) -> Path:
    """Return a cell that allows the payment once the conditions are met."""
    return Path(Outcome.CONDITION, reason, basis, conditions)


def refer(reason: str, basis: Basis = OWNERS_POLICY, *conditions: ConditionId) -> Path:
    """Return a cell that refers the case to a person, with the conditions that hold once they cleared it."""
    return Path(Outcome.REFER, reason, basis, conditions)


def deny(reason: str, basis: Basis = OWNERS_POLICY) -> Path:
    """Return a cell that refuses the payment."""
    return Path(Outcome.FAIL, reason, basis)


_records = condition(
    "keep the Rev. Rul. 68-489 file: control over the use of funds, and records",
    RULING_68_489,
    ConditionId.CONTROL_AND_RECORDS,
)
responsibility: Final = condition(
    "exercise expenditure responsibility: inquiry, written commitment, reports",
    RESPONSIBILITY,
    *EXERCISE_RESPONSIBILITY,
)
_separate_fund = condition(
    "exercise expenditure responsibility, and have the grantee keep a separate fund",
    SEPARATE_FUND,
    *EXERCISE_RESPONSIBILITY,
    ConditionId.SEPARATE_FUND,
)
_central = condition(
    "obtain the central organisation's confirmation that the subordinate is in its group",
    GROUP,
    ConditionId.CENTRAL_CONFIRMATION,
)
_covenant = condition(
    "sign a charitable-purpose covenant; review FCPA and conflicts of interest",
    CORRUPT_PRACTICES,
    ConditionId.CHARITABLE_COVENANT,
)
_public_purpose = condition("sign a public-purpose agreement", PUBLIC_PURPOSE, ConditionId.PUBLIC_PURPOSE_AGREEMENT)
_establish_type = refer("establish the type of supporting organisation first", SUPPORTING_TYPE)
_note_supporting = allow("supporting organisation; note its type on file", Basis(Layer.STATUTE, "IRC 509(a)(3)"))
_government_unit = allow("government unit, treated as a public charity", GOVERNMENT)
_foreign_government = allow("government or its instrumentality, treated as a public charity", GOVERNMENT)

P, F, X = FunderProfile.PUBLIC_CHARITY, FunderProfile.SUPPORTING_ORG, FunderProfile.PRIVATE_FOUNDATION


def _all(path: Path) -> dict[FunderProfile, Path]:
    return {P: path, F: path, X: path}


PATHS: Final[dict[Recipient, dict[FunderProfile, Path]]] = {
    Recipient.US_PUBLIC_CHARITY: _all(allow("US public charity")),
    Recipient.US_SUPPORTING_ORG: _all(allow("supporting organisation, type I, II or III-FI")),
    Recipient.US_SUPPORTING_ORG_NOT_INTEGRATED: {
        P: _note_supporting,
        F: refer("type III supporting organisation that is not functionally integrated"),
        X: responsibility,
    },
    Recipient.US_SUPPORTING_ORG_TYPE_UNKNOWN: {P: _note_supporting, F: _establish_type, X: _establish_type},
    Recipient.US_PRIVATE_FOUNDATION: {P: _records, F: refer("payee is a private foundation"), X: responsibility},
    Recipient.US_EXEMPT_OPERATING_FOUNDATION: {
        P: _records,
        F: refer("payee is a private foundation"),
        X: allow("exempt operating foundation: no expenditure responsibility is asked", EXEMPT_OPERATING),
    },
    Recipient.US_GROUP_SUBORDINATE: _all(_central),
    Recipient.US_GOVERNMENT: {
        P: _public_purpose,
        F: refer("grants to a US government unit need a decision by the supporting organisation"),
        X: _government_unit,
    },
    Recipient.US_PUBLIC_UNIVERSITY: {
        P: _public_purpose,
        F: allow("US public university; no alignment paper is asked of it", PUBLISHED_ELIGIBILITY),
        X: _government_unit,
    },
    Recipient.US_OTHER_EXEMPT: {
        P: refer("exempt, but not a 501(c)(3) charity: non-profit by name, project-only grant to be examined"),
        F: deny("not a 501(c)(3) organisation or its equivalent", PUBLISHED_ELIGIBILITY),
        X: _separate_fund,
    },
    Recipient.US_CHURCH_UNLISTED: _all(refer("churches may be absent from the lists; document its status", CHURCH)),
    Recipient.US_CHURCH_DOCUMENTED: _all(allow("church, documented; it need not be listed", CHURCH)),
    Recipient.FOREIGN_GOVERNMENT: {
        P: _covenant,
        F: refer("grants to a foreign government need a decision by the supporting organisation"),
        X: _foreign_government,
    },
    Recipient.DESIGNATED_INTERNATIONAL_ORGANIZATION: {
        P: _covenant,
        F: refer("grants to an international organisation need a decision by the supporting organisation"),
        X: _foreign_government,
    },
    Recipient.INTERNATIONAL_ORGANIZATION: {
        P: _records,
        F: refer("an international organisation that no executive order designates (22 USC 288)"),
        X: responsibility,
    },
    Recipient.FOREIGN_EQUIVALENT: _all(allow("foreign equivalent of a US public charity", EQUIVALENCE)),
    Recipient.FOREIGN_NONPROFIT: {
        P: _records,
        F: deny("foreign non-profit that is not an approved equivalent of a US public charity", PUBLISHED_ELIGIBILITY),
        X: responsibility,
    },
    Recipient.FOR_PROFIT: _all(deny("money may go only to a non-profit organisation; a for-profit payee is refused")),
    Recipient.INDIVIDUAL: _all(refer("grants to individuals run under their own programme", INDIVIDUALS)),
    Recipient.UNKNOWN: _all(refer("the payee's class could not be established from the registers or the documents")),
}

GROUP_LETTERS: Final = Basis(Layer.RULING, "Rev. Proc. 2026-8; Rev. Proc. 2018-32", confirmed=False)
"""Rev. Proc. 2026-8 superseded 80-27 on 20 January 2026. Its day for older letters is unconfirmed (rules 4.14)."""

_BOUND: Final = Basis(Layer.REG, "26 CFR 53.4945-5(a)(4)(iii)", confirmed=False)
_NEVER_PAYOUT: Final = Basis(Layer.STATUTE, "IRC 4942(g)(4)(A), 4945(d)(4)")
_RECORDS: Final = ConditionId.CONTROL_AND_RECORDS
Asked = tuple[ConditionId, ...]

_UNPROVED: Final[dict[FunderProfile, Asked]] = {
    P: (_RECORDS,),
    F: (_RECORDS,),
    X: (*EXERCISE_RESPONSIBILITY, ConditionId.SEPARATE_FUND),
}
"""Each funder's conditions for a body that nothing proves to be a charity: as many as for one that is none."""

_undertaking = condition(
    "treated as a public charity, once it undertakes in writing to use it only for the purposes of IRC 170(c)(2)(B)",
    _BOUND,
    ConditionId.CHARITABLE_COVENANT,
)
_not_integrated = responsibility._replace(
    reason="exercise expenditure responsibility; the grant never counts to the payout", basis=_NEVER_PAYOUT
)


def _once_cleared(
    recipient: Recipient, conditions_by_profile: Mapping[FunderProfile, Asked]
) -> dict[FunderProfile, Path]:
    """Return a row in which the referrals of these funders carry the conditions of their answer."""
    row = PATHS[recipient]
    return {
        **row,
        **{
            profile: row[profile]._replace(conditions=conditions)
            for profile, conditions in conditions_by_profile.items()
        },
    }


_COVENANT: Final[dict[FunderProfile, Asked]] = {F: (ConditionId.CHARITABLE_COVENANT,)}

PATHS_THAT_HOLD: Final[dict[Recipient, dict[FunderProfile, Path]]] = {
    **PATHS,
    Recipient.US_GROUP_SUBORDINATE: _all(_central._replace(basis=GROUP_LETTERS)),
    Recipient.US_SUPPORTING_ORG_NOT_INTEGRATED: {
        **PATHS[Recipient.US_SUPPORTING_ORG_NOT_INTEGRATED],
        X: _not_integrated,
    },
    Recipient.US_SUPPORTING_ORG_TYPE_UNKNOWN: _once_cleared(
        Recipient.US_SUPPORTING_ORG_TYPE_UNKNOWN, {X: EXERCISE_RESPONSIBILITY}
    ),
    Recipient.US_PRIVATE_FOUNDATION: _once_cleared(Recipient.US_PRIVATE_FOUNDATION, {F: (_RECORDS,)}),
    Recipient.US_EXEMPT_OPERATING_FOUNDATION: _once_cleared(Recipient.US_EXEMPT_OPERATING_FOUNDATION, {F: (_RECORDS,)}),
    Recipient.US_GOVERNMENT: _once_cleared(Recipient.US_GOVERNMENT, {F: (ConditionId.PUBLIC_PURPOSE_AGREEMENT,)}),
    Recipient.US_OTHER_EXEMPT: _once_cleared(Recipient.US_OTHER_EXEMPT, {P: (_RECORDS,)}),
    Recipient.US_CHURCH_UNLISTED: _once_cleared(Recipient.US_CHURCH_UNLISTED, _UNPROVED),
    Recipient.FOREIGN_GOVERNMENT: {**_once_cleared(Recipient.FOREIGN_GOVERNMENT, _COVENANT), X: _undertaking},
    Recipient.DESIGNATED_INTERNATIONAL_ORGANIZATION: {
        **_once_cleared(Recipient.DESIGNATED_INTERNATIONAL_ORGANIZATION, _COVENANT),
        X: _undertaking,
    },
    Recipient.INTERNATIONAL_ORGANIZATION: _once_cleared(Recipient.INTERNATIONAL_ORGANIZATION, {F: (_RECORDS,)}),
    Recipient.UNKNOWN: _once_cleared(Recipient.UNKNOWN, _UNPROVED),
}
"""The table from edition 2026.5 on: what a path asks holds also once its question is cleared (rules 4.2, 4.13)."""

TABLES: Final = {"2026.2": PATHS, "2026.5": PATHS_THAT_HOLD}
"""By edition: the table."""
