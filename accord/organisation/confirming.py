"""Record a reading of a source of the rule book by the organisation's counsel: a signed act."""

from __future__ import annotations

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.namelessness import require_nameless
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import BadInput
from domain.organisation.counsel import SourceConfirmed
from domain.policy.rulebook import RULE_BOOK
from domain.policy.sources import LegalSource, unconfirmed
from domain.recorded.acts import OrganisationAct
from domain.streams import RULE_BOOK_STREAM


async def confirm(desk: Desk, rule_id: str, actor: str, note: str, citation: str, stands: bool) -> SourceConfirmed:
    """Record counsel's reading of a rule's source, and its finding on it. `citation`: '' for its only one.

    Raises:
        BadInput: No such source of a rule waits for counsel, or a field is wrong.
        Refused: The person is no counsel, or their key is not on this machine.
    """
    source = _source(rule_id.upper(), citation)
    await require_nameless(desk, "note", note)
    source_fields = {"rule_id": source.rule_id, "citation": source.citation, "edition": RULE_BOOK.version}
    event = await signed_act(desk, SourceConfirmed, RULE_BOOK_STREAM, actor, **source_fields, stands=stands, note=note)
    await record_act(desk, OrganisationAct(command_id=event.signature.statement.command_id, event=event))
    return event


def _source(rule_id: str, citation: str) -> LegalSource:
    waiting = unconfirmed(RULE_BOOK)
    of_rule = [source for source in waiting if source.rule_id == rule_id]
    if not of_rule:
        rules = ", ".join(dict.fromkeys(source.rule_id for source in waiting))
        raise BadInput(f"RULE: {rule_id[:40]!r} has no source that counsel is asked to confirm; these have: {rules}")
    sources = [source for source in of_rule if citation in {"", source.citation}]
    if len(sources) != 1:
        citations = "; ".join(repr(source.citation) for source in of_rule)
        raise BadInput(f"--source: {rule_id} waits for counsel with {citations}; name one of them, as it stands here")
    return sources[0]
