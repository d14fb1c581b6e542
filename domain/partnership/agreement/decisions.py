"""Decide an agreement: the account that it names, and the sums that count by it."""

from __future__ import annotations

from domain.calendars import CALENDAR
from domain.directory.tiers import Role, missing, most_of
from domain.errors import IllegalTransition, PaymentRefused, SeparationOfDuties
from domain.partnership.agreement import commands as c
from domain.partnership.agreement import events as e
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.people.duties import barred_from
from domain.partnership.people.taking_part import Part
from domain.partnership.state import Partnership


def sign_agreement(partnership: Partnership, command: c.SignAgreement, circumstances: Circumstances) -> Events:
    """Return the event of an agreement, with who verified its account and from when it is paid to."""
    if circumstances.not_under:
        raise IllegalTransition(f"cannot sign agreement: {circumstances.not_under}")
    verifier = _account_verifier(partnership, command, circumstances)
    has_new_account = partnership.account is not None and partnership.account != command.account
    if has_new_account and circumstances.rules is None:
        raise PaymentRefused(
            "the organisation's cooling-off time could not be looked up, so bank details cannot change"
        )
    days = circumstances.rules.cooling_off_days if circumstances.rules is not None else 0
    event = e.AgreementSigned(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        signed_on=command.signed_on,
        document_sha256=command.document_sha256,
        account=command.account,
        account_verifier=verifier,
        payable_from=CALENDAR.after(command.at, days) if has_new_account else partnership.payable_from,
        quorum=_quorum_by_account(partnership, circumstances),
        submission=command.submission,
        conversion=circumstances.conversion if circumstances.together else None,
    )
    return (event,)


def _quorum_by_account(partnership: Partnership, circumstances: Circumstances) -> tuple[Role, ...] | None:
    """Return the larger quorum that sums approved for the same account ask for, or None if they ask for none."""
    if not circumstances.together:
        return None
    roles = quorum_to_decide(
        partnership.proposed,
        circumstances.together,
        circumstances.rules,
        partnership.elevated,
        circumstances.conversion,
    )
    quorum = most_of(roles, partnership.required_approvals)
    return quorum if missing(quorum, partnership.required_approvals) else None


def _account_verifier(partnership: Partnership, command: c.SignAgreement, circumstances: Circumstances) -> str:
    """Return the person who verified the account by calling back. Without an account, nobody: ''.

    Raises:
        PaymentRefused: Nobody verified the account (R40).
        SeparationOfDuties: That person has another part in the partnership (R31).
    """
    if command.account is None:
        return ""
    standing = circumstances.authority.account
    if standing is None or standing.account != command.account or not standing.confirmed_by:
        reference = command.account.reference
        raise PaymentRefused(
            f"nobody has called back to verify {reference}; another person than the one who recorded it does: "
            f"`accord payments confirm {reference}`"
        )
    if circumstances.account_fault:
        raise PaymentRefused(f"{circumstances.account_fault}; record another account of its owner's")
    since = partnership.account_fault_at
    is_same_account = command.account == partnership.account or command.account.reference in circumstances.same_account
    if is_same_account and since is not None and not standing.confirmed_since(since):
        raise PaymentRefused(
            f"the bank says of {command.account.reference} that {partnership.account_fault}; somebody calls back once "
            f"more first: `accord payments confirm {command.account.reference} --anew`"
        )
    excluded_people = barred_from(partnership, Part.CALLED_BACK) | partnership.recused
    for person in {standing.confirmed_by, standing.called_back_last}:
        if person in {*excluded_people, command.actor}:
            raise SeparationOfDuties(f"{person} verified the account and has another part in this partnership")
    return standing.called_back_last
