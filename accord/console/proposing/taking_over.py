"""The draft that changes a proposal, filled by the submission that it takes over where there is one."""

from __future__ import annotations

import secrets
from typing import Any

from accord.client.door.opening import open_submission
from accord.client.sight import Sight
from accord.console.door.taking_over import named, require_of
from accord.console.proposing.content import texts_of, with_folded_parties
from accord.console.proposing.drafts import Draft
from accord.console.serving.desk import Console
from accord.presentation.door.becoming import content_of_act
from accord.presentation.numbers import whole_number
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import digest


async def draft_of_change(console: Console, reader: str, partnership: Partnership, number: str) -> Draft:
    """Return a draft of a partnership's proposal, with what a submission changes where one is named.

    Raises:
        BadInput: The submission is another partnership's, or is no change.
        Refused: There is none, it was judged already, or it is under no seal yet.
    """
    proposed = partnership.proposed
    content: dict[str, Any] = {"proposal": proposed.model_dump(mode="json", exclude_defaults=True)}
    submission = None
    if number:
        entry = await open_submission(console.desk, whole_number(number, most_digits=15) or 0, reader)
        command = c.Propose if partnership.stage is Stage.PROPOSED else c.Amend
        require_of(entry, command, Sight(partnership, 0))
        content, submission = content_of_act(command, entry.evidence), named(entry).model_dump(mode="json")
    return Draft(
        name=secrets.token_urlsafe(16),
        content=with_folded_parties(texts_of(content["proposal"])),
        amends=partnership.partnership_id,
        base=digest(proposed),
        reason=content.get("reason", ""),
        answer=content.get("answer", ""),
        submission=submission,
    )
