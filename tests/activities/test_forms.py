"""Requests to the rules and their answers keep their form: pinned workflows of earlier releases ask in it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import asyncpg
import pytest

from activities.contracts import (
    RULES_FORM,
    Assessed,
    AssessmentRequest,
    InstructionOutcome,
    TrancheStart,
    VerificationRequest,
    Verified,
)
from activities.verification import Verifications
from domain.errors import QuestionUnknown
from tests.builders import proposal

SPOKEN = (VerificationRequest, Verified, AssessmentRequest, Assessed, TrancheStart, InstructionOutcome)
SHAPES = {
    1: "fe7e4cdd21a5d38eaccf66d210650c49627c988b415cfee36384bea29793a0a2",
    2: "f6dfb019bbde13b9ea1c68cbea5c5327ef3d72448000433c25e29d7a2b57b97a",
    3: "3b85673cdc814bda5c0e4833f12b8eb921c065901a255705c6e677264d029946",
}
"""The digest of the shapes of each form. Whoever changes a shape raises RULES_FORM and adds a line; none is edited."""


def shape() -> str:
    """The digest of what is said, without the words that explain it."""
    told = [_bare(kind.model_json_schema()) for kind in SPOKEN]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _bare(part: Any) -> Any:
    match part:
        case dict():
            return {name: _bare(one) for name, one in part.items() if name not in {"description", "title", "default"}}
        case list():
            return [_bare(one) for one in part]
        case _:
            return part


def test_what_is_said_to_the_rules_has_the_shape_of_its_form() -> None:
    assert SHAPES[RULES_FORM] == shape(), "raise RULES_FORM, answer the earlier forms too, and write the new shape down"


async def test_a_question_of_a_newer_release_is_left_to_its_own_worker(pool: asyncpg.Pool) -> None:
    newer = VerificationRequest(form=RULES_FORM + 1, proposal=proposal("P-2026-0001"), funding=None)
    with pytest.raises(QuestionUnknown, match=f"in form {RULES_FORM + 1}, and this release knows form {RULES_FORM}"):
        await Verifications(pool).verify(newer)
