"""Decide a proposal, an amendment, and what its sub-recipients lead to."""

from __future__ import annotations

from typing import assert_never

from domain.edition_names import EditionReference
from domain.errors import (
    AmendmentRefused,
    FundsShort,
    IllegalTransition,
    Incomplete,
    NotAuthorised,
    SeparationOfDuties,
    UnknownFunder,
)
from domain.parties import PartyKind
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.diligence.cures import told
from domain.partnership.events import Events
from domain.partnership.hold.decisions import hold_by_rule
from domain.partnership.people.authorising import MAY_DECLARE, require_known_people
from domain.partnership.procedure import event_of_command
from domain.partnership.proposal import commands as c
from domain.partnership.proposal import events as e
from domain.partnership.proposal.amendment import changes_between, tells_anew
from domain.partnership.proposal.completeness import require_complete
from domain.partnership.proposal.splitting import as_split
from domain.partnership.state import Partnership
from domain.policy.findings import Outcome
from domain.proposal import Direction, Funding, Proposal


def decide_proposal(partnership: Partnership, command: c.ProposalRequest, circumstances: Circumstances) -> Events:
    """Return the events of a proposal, of its change, of a question about it, or of its sub-recipients."""
    match command:
        case c.Propose():
            return (_proposed(partnership, command, circumstances),)
        case c.Amend():
            return (_amended(partnership, command, circumstances),)
        case c.ReportSubrecipients():
            return (event_of_command(command), *_held_for_companies(partnership, command))
        case c.ReturnForInformation():
            return (event_of_command(command),)
        case _:
            assert_never(command)


def _proposed(
    partnership: Partnership, command: c.Propose, circumstances: Circumstances
) -> e.PartnershipProposed | e.ProposalRevised:
    """Return the event of a proposal that is complete, and that its funds, its lead and the tiers allow."""
    funding = _funding(circumstances.authority)
    require_known_people(circumstances.authority)
    _require_sound(partnership, command, circumstances)
    common_fields = {
        "at": command.at,
        "actor": command.actor,
        "signature": command.signature,
        "template": _template(circumstances),
    }
    if partnership.proposal is None:
        return e.PartnershipProposed(**common_fields, proposal=command.proposal, funding=funding)
    return e.ProposalRevised(**common_fields, proposal=command.proposal, funding=funding, answer=command.answer)


def _amended(partnership: Partnership, command: c.Amend, circumstances: Circumstances) -> e.ProposalAmended:
    """Return the event of an amendment, with what changed, and the quorum from then on."""
    _require_sound(partnership, command, circumstances)
    before = as_split(partnership.proposed, command.proposal, partnership.approved_under)
    changes = changes_between(before, command.proposal, partnership.checked_payee)
    if not tells_anew(changes):
        _require_lawful(partnership, circumstances)
    return e.ProposalAmended(
        submission=command.submission,
        called=command.called,
        unanswered=command.unanswered,
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        proposal=command.proposal,
        funding=_funding(circumstances.authority),
        reason=command.reason,
        changes=changes,
        template=_template(circumstances),
        quorum=quorum_to_decide(
            command.proposal,
            circumstances.together,
            circumstances.rules,
            partnership.elevated,
            circumstances.conversion,
        ),
        conversion=circumstances.conversion,
    )


def _template(circumstances: Circumstances) -> EditionReference | None:
    """Return the edition that the budget is made within, by its digest, or None."""
    return circumstances.template.edition if circumstances.template is not None else None


def _require_sound(partnership: Partnership, command: c.Propose | c.Amend, circumstances: Circumstances) -> None:
    """Require a complete proposal that its lead, its funds, the tiers and the readers of its papers allow."""
    proposal = command.proposal
    require_complete(proposal, circumstances.rules, circumstances.template)
    if circumstances.untemplated:
        raise Incomplete(str(circumstances.untemplated))
    if isinstance(command, c.Propose) or proposal.under != partnership.proposed.under:
        _require_lead(proposal, circumstances)
    _require_funds(circumstances)
    if isinstance(command, c.Propose):
        _require_tier(proposal, circumstances)
        _require_own_interests(partnership, command, circumstances.authority)
    _require_readers(command, circumstances.authority)


def _held_for_companies(partnership: Partnership, command: c.ReportSubrecipients) -> Events:
    """Return the hold that stops payments while companies are among the sub-recipients."""
    companies = [
        subrecipient.party.name
        for subrecipient in command.subrecipients
        if subrecipient.party.kind is PartyKind.PRIVATE_COMPANY
    ]
    if not companies:
        return ()
    reason = f"for-profit sub-recipients, to be replaced or repaid: {', '.join(companies)}"
    return hold_by_rule(partnership, command.at, reason, Direction.FUNDS_OUT)


def _require_lawful(partnership: Partnership, circumstances: Circumstances) -> None:
    """Raise AmendmentRefused if the rules refuse an amendment: nothing that a proposer does alone ends what is agreed.

    What the rules refer goes on: due diligence begins anew, and people decide.
    """
    assessment = circumstances.amendment
    if assessment is None or assessment.outcome is not Outcome.FAIL:
        return
    raise AmendmentRefused(f"{told(assessment)}; {partnership.partnership_id} stays as it was agreed")


def _require_lead(proposal: Proposal, circumstances: Circumstances) -> None:
    """Raise IllegalTransition if nothing can be proposed under the agreement that a proposal names."""
    if proposal.under is not None and circumstances.not_under:
        raise IllegalTransition(str(circumstances.not_under))


def _require_funds(circumstances: Circumstances) -> None:
    """Raise FundsShort if a fund that a proposal names may not pay for it, whatever it has left."""
    if circumstances.unfunded:
        raise FundsShort(str(circumstances.unfunded))


def _require_tier(proposal: Proposal, circumstances: Circumstances) -> None:
    """Raise ThresholdUnknown at the door, and not after due diligence, if no tier covers it with what counts beside."""
    if circumstances.rules is not None:
        quorum_to_decide(
            proposal, circumstances.together, circumstances.rules, elevated_risk=False,
            conversion=circumstances.conversion,
        )  # fmt: skip


def _require_own_interests(partnership: Partnership, command: c.Propose, authority: Authority) -> None:
    """Refuse a proposer's declaration of others' interests: nobody removes an approver by naming them (rules 3.10)."""
    known_people = {interest.person for interest in partnership.interests} | {command.actor}
    if other_people := [
        interest.person for interest in command.proposal.interests if interest.person not in known_people
    ]:
        actor_roles = {capacity.role for capacity in authority.capacities}
        if MAY_DECLARE.isdisjoint(actor_roles):
            roles = " or ".join(sorted(MAY_DECLARE))
            raise NotAuthorised(
                f"interests: {other_people[0]}'s interest is declared by themselves or by {roles}: `accord"
                " declare-interest`"
            )


def _require_readers(command: c.Propose | c.Amend, authority: Authority) -> None:
    """Require as reader of each paper that proves something a verifier, and not the proposer (rules 3.5).

    Raises:
        NotAuthorised: Somebody who is said to have read one is no verifier.
        SeparationOfDuties: The proposer is.
    """
    if authority.no_verifiers:
        raise NotAuthorised(f"read_by: {', '.join(authority.no_verifiers)} is no VERIFIER; a verifier reads the papers")
    if command.actor in command.proposal.readers:
        raise SeparationOfDuties(f"read_by: {command.actor} proposes, so another person reads the papers")


def _funding(authority: Authority) -> Funding:
    if authority.unknown_funders or authority.funding is None:
        names = ", ".join(authority.unknown_funders)
        raise UnknownFunder(f"the directory holds no funder {names}; see `accord directory show`")
    return authority.funding
