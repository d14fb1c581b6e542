"""Find a partnership's matches with sanctions lists, and record their clearance by a second person."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from activities.evidence import screen_with_clearances
from domain.identity import derive
from domain.partnership.state import Partnership
from domain.policy.programmes import STOPS, effect_of
from domain.recorded.acts import OrganisationAct
from domain.screening.clearance import MatchCleared, clearance_content, clearance_statement
from domain.screening.matches import SanctionsMatch
from ledger import clock
from payments.accounts import AccountChanged, UnknownAccount, banks_of, read_account

_ENOUGH: Final = 8
"""The least number of leading characters by which a pair's digest may be given."""


async def matches_of(desk: Desk, partnership: Partnership) -> tuple[SanctionsMatch, ...]:
    """Return the matches recorded at a partnership's last verification, and the current ones of the payee's bank.

    Raises:
        Refused: The payee's bank details are missing or changed.
    """
    sanctions_matches = partnership.verification.screening.matches if partnership.verification else ()
    if partnership.account is None:
        return sanctions_matches
    async with desk.pool.acquire() as connection:
        try:
            details = await read_account(connection, partnership.account.reference, partnership.account.sha256)
        except (UnknownAccount, AccountChanged) as fault:
            raise Refused(f"its payee's bank cannot be looked at: {fault}", "AccountChanged") from fault
        evidence = await screen_with_clearances(connection, desk.registrar, banks_of(details))
    return (*sanctions_matches, *evidence.matches)


async def match_now(desk: Desk, match: SanctionsMatch) -> SanctionsMatch:
    """Return the match with the people who have cleared it by now."""
    people = await desk.registrar.cleared_by(match.pair) if match.pair else ()
    return match.model_copy(update={"cleared_by": people or match.cleared_by})


def match_named(matches: tuple[SanctionsMatch, ...], partnership_id: str, pair: str) -> SanctionsMatch:
    """Return the match of a pair, whose digest is given in full or by a unique prefix of at least 8 characters.

    Raises:
        BadInput: No match, or more than one, has a pair with this prefix.
        Refused: The match is confirmed, and its list blocks or forbids all dealings; such a match cannot be cleared.
    """
    matches_by_pair = {match.pair: match for match in matches if len(pair) >= _ENOUGH and match.pair.startswith(pair)}
    if len(matches_by_pair) != 1:
        raise BadInput(
            f"{pair!r} names {len(matches_by_pair) or 'none'} of the matches of {partnership_id}; "
            f"see `accord matches {partnership_id}`"
        )
    (match,) = matches_by_pair.values()
    if match.is_confirmed and effect_of(match) in STOPS:
        reason = f"{match.party!r} bears the listed name exactly; that is refused, not cleared"
        raise Refused(reason, "IllegalTransition")
    return match


async def clear(desk: Desk, partnership: Partnership, match: SanctionsMatch, reason: str, actor: str) -> None:
    """Record a person's signed clearance: the party is not the listed entity.

    Raises:
        BadInput: The reason is not valid, for instance too short.
        Refused: The person may not clear matches, or has a conflicting part in the partnership.
    """
    now, command_id = (
        clock.now(),
        derive("clearance", match.pair, partnership.partnership_id, actor, desk.key_id(actor)),
    )
    content = clearance_content(match.pair, partnership.partnership_id, reason.strip())
    signature = await desk.sign(clearance_statement(content, actor, now, command_id))
    try:
        event = MatchCleared(at=now, actor=actor, signature=signature, **content)
    except ValidationError as fault:
        raise BadInput(f"the clearance has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, event=event))
