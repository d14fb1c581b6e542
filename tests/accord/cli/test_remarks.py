"""Words on partnerships that decide nothing, by shell: comments, and the person who looks after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail, assert_fails
from tests.builders import proposal
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")

MARCH = "their auditor writes in March"


@pytest.fixture
async def waiting(desk: Desk, reference: str) -> Life:
    """A grant that waits for approval."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference))
    return life


@pytest.fixture
async def another(desk: Desk, new_reference: Callable[[], str]) -> Life:
    """Another one."""
    life = Life(desk, new_reference())
    await life.awaiting_approval(proposal(life.reference))
    return life


async def listed(shell: Shell, desk: Desk, assigned: str) -> list[dict[str, Any]]:
    """The list of what somebody looks after, once it shows everything that is recorded now."""
    await until_shown(desk)
    found: list[dict[str, Any]] = (await shell.done("list", "--assigned", assigned, "--json")).json
    return found


def among(found: list[dict[str, Any]], *lives: Life) -> list[str]:
    """Those of some partnerships that are in a list."""
    ids = {one["partnership_id"] for one in found}
    return [life.reference for life in lives if life.reference in ids]


# Comments.


async def test_a_comment_is_on_record_and_told_and_changes_no_decision(shell: Shell, waiting: Life) -> None:
    reference, before = waiting.reference, await waiting.state()
    done = await shell.done("comment", reference, "--text", MARCH, "--as", "otto.audit")
    assert f"{reference} the comment is on record" in done.stdout
    assert "Next: approval by programme approver" in done.words
    told, recorded = await shell.together(("history", reference), ("history", reference, "--json"))
    assert MARCH in told.words
    last = recorded.json[-1]["event"]
    assert (last["event_type"], last["actor"], last["text"]) == ("CommentMade", "otto.audit", MARCH)
    assert await waiting.state() == before.model_copy(update={"version": before.version + 1})


@pytest.mark.slow
async def test_a_decision_on_what_was_seen_before_a_comment_counts(shell: Shell, waiting: Life) -> None:
    """Given version N before her, when somebody comments and she approves N, then it is approved."""
    reference, seen = waiting.reference, str((await waiting.state()).version)
    machine = await shell.done("comment", reference, "--text", MARCH, "--as", "vera.lind", "--json")
    assert machine.json["what"] == ["CommentMade"]
    words = ("approve", reference, "--seen", seen, "--no-interest", "--reason", "fits the programme")
    assert f"{reference} approved" in (await shell.done(*words, "--as", "ana.silva")).stdout


@pytest.mark.slow
async def test_a_hold_stops_no_comment_and_whoever_is_recused_still_makes_one(shell: Shell, waiting: Life) -> None:
    reference = waiting.reference
    await waiting.do(c.DeclareInterest, "ana.silva", interest={"person": "ana.silva", "what": "her spouse's board"})
    await waiting.until_stage(Stage.APPROVAL)
    await waiting.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    done = await shell.done("comment", reference, "--text", "I sat with their treasurer", "--as", "ana.silva")
    assert f"{reference} the comment is on record" in done.stdout
    state = await waiting.state()
    assert (state.hold is not None, state.recused, state.approvals) == (True, {"ana.silva"}, ())


@pytest.mark.slow
async def test_after_the_end_things_are_still_said_and_nothing_is_revived(
    shell: Shell, desk: Desk, waiting: Life
) -> None:
    """Given a partnership that was withdrawn and whose workflow ended, when somebody comments, then it is kept."""
    reference = waiting.reference
    await waiting.do(c.Withdraw, "pia.berg", reason="another funder was found")
    await waiting.handle.result()
    done = await shell.done("comment", reference, "--text", "they ask again in spring", "--as", "vera.lind")
    assert f"{reference} the comment is on record" in done.stdout
    assigned = await shell.done("assign", reference, "--to", "ana.silva", "--as", "pia.berg")
    assert f"{reference} who looks after it is on record" in assigned.stdout
    state = await waiting.state()
    assert (state.stage, state.assigned) == (Stage.WITHDRAWN, "ana.silva")
    assert (await waiting.told())[-3:] == ["PartnershipWithdrawn", "CommentMade", "PartnershipAssigned"]
    assert among(await listed(shell, desk, "ana.silva"), waiting) == [reference]


@pytest.mark.slow
async def test_what_is_no_comment_is_bad_input(shell: Shell, waiting: Life) -> None:
    before = await waiting.state()
    comment = ("comment", waiting.reference, "--as", "ana.silva")
    await assert_all_fail(
        shell,
        ((*comment, "--text", ""), BAD_INPUT, ["text"]),
        ((*comment, "--text", "x" * 2001), BAD_INPUT, ["text"]),
        (("comment", "P-2031-0001", "--text", MARCH, "--as", "ana.silva"), REFUSED, ["no partnership P-2031-0001"]),
        ((*comment[:2], "--text", MARCH, "--as", "eve.smith"), REFUSED, ["eve.smith"]),
    )
    missing = await shell(*comment)
    assert (missing.code, "--text" in missing.words, "Traceback" in missing.words) == (BAD_INPUT, True, False)
    assert await waiting.state() == before


# Who looks after it.


@pytest.mark.slow
async def test_who_looks_after_a_partnership_is_said_and_found_in_the_list(
    shell: Shell, desk: Desk, waiting: Life, another: Life
) -> None:
    reference = waiting.reference
    assert among(await listed(shell, desk, "nobody"), waiting, another) == [reference, another.reference]
    done = await shell.done("assign", reference, "--to", "femi.ade", "--as", "pia.berg")
    assert f"{reference} who looks after it is on record" in done.stdout
    found = await listed(shell, desk, "femi.ade")
    assert (among(found, waiting, another), {one["assigned"] for one in found}) == ([reference], {"femi.ade"})
    assert among(await listed(shell, desk, "nobody"), waiting, another) == [another.reference]
    assert among(await listed(shell, desk, "vera.lind"), waiting, another) == []
    table, recorded = await shell.together(("history", reference), ("history", reference, "--json"))
    assert "femi.ade" in table.stdout
    assert (recorded.json[-1]["event"]["event_type"], recorded.json[-1]["event"]["to"]) == (
        "PartnershipAssigned",
        "femi.ade",
    )


@pytest.mark.slow
async def test_nobody_looks_after_it_any_more_once_that_is_said(shell: Shell, desk: Desk, waiting: Life) -> None:
    await waiting.do(c.Assign, "pia.berg", to="femi.ade")
    machine = await shell.done("assign", waiting.reference, "--nobody", "--as", "femi.ade", "--json")
    assert machine.json["what"] == ["PartnershipAssigned"]
    assert (await waiting.state()).assigned is None
    [shown] = [one for one in await listed(shell, desk, "nobody") if one["partnership_id"] == waiting.reference]
    assert shown["assigned"] is None
    assert among(await listed(shell, desk, "femi.ade"), waiting) == []
    again = await shell("assign", waiting.reference, "--nobody", "--as", "femi.ade")
    assert_fails(again, REFUSED, f"nobody looks after {waiting.reference} already")


@pytest.mark.slow
async def test_several_are_assigned_at_once_with_an_answer_each(shell: Shell, waiting: Life, another: Life) -> None:
    """Given two of which one is Ana's already, when both are given to her, then one is done and the other is not."""
    await another.do(c.Assign, "vera.lind", to="ana.silva")
    words = ("assign", waiting.reference, another.reference, "--to", "ana.silva", "--as", "pia.berg")
    answer = await shell(*words)
    assert answer.code == REFUSED
    assert f"{waiting.reference} who looks after it is on record" in answer.stdout
    assert f"{another.reference}: ana.silva looks after {another.reference} already" in answer.stderr
    assert "1 done, 1 not" in answer.stderr
    assert [(await life.state()).assigned for life in (waiting, another)] == ["ana.silva", "ana.silva"]


@pytest.mark.slow
async def test_several_are_commented_at_once_with_an_answer_each(shell: Shell, waiting: Life, another: Life) -> None:
    words = ("comment", waiting.reference, another.reference, "--text", MARCH, "--as", "vera.lind", "--json")
    told = (await shell.done(*words)).json
    assert [(one["partnership_id"], one["what"]) for one in told] == [
        (life.reference, ["CommentMade"]) for life in (waiting, another)
    ]
    assert [(await life.told()).count("CommentMade") for life in (waiting, another)] == [1, 1]


@pytest.mark.slow
async def test_to_whom_it_is_given_is_said_once_and_by_an_id(shell: Shell, waiting: Life) -> None:
    before = await waiting.state()
    assign = ("assign", waiting.reference, "--as", "pia.berg")
    say = "--to: say who looks after it, by an id of the staff directory, or --nobody"
    await assert_all_fail(
        shell,
        (assign, BAD_INPUT, [say]),
        ((*assign, "--to", ""), BAD_INPUT, [say]),
        ((*assign, "--to", "ana.silva", "--nobody"), BAD_INPUT, [say]),
        ((*assign, "--to", "Ana Silva"), BAD_INPUT, ["to:"]),
        (("list", "--assigned", "x" * 3000), BAD_INPUT, ["assigned: this is no filter"]),
    )
    assert await waiting.state() == before


@pytest.mark.slow
async def test_it_is_given_to_nobody_unknown_or_interested_and_by_no_auditor(shell: Shell, waiting: Life) -> None:
    assign = ("assign", waiting.reference, "--to")
    await waiting.do(c.DeclareInterest, "vera.lind", interest={"person": "femi.ade", "what": "he sits on its board"})
    before = await waiting.until_stage(Stage.APPROVAL)
    await assert_all_fail(
        shell,
        ((*assign, "ana.sliva", "--as", "pia.berg"), REFUSED, ["ana.sliva is not in the staff directory"]),
        ((*assign, "femi.ade", "--as", "pia.berg"), REFUSED, ["femi.ade has a declared interest", "is recused"]),
        ((*assign, "ana.silva", "--as", "otto.audit"), REFUSED, ["Otto Marsh may not say who looks after it", "must"]),
    )
    assert (await waiting.state()).assigned is before.assigned is None


@pytest.mark.slow
async def test_an_interest_takes_it_from_whoever_looks_after_it(shell: Shell, desk: Desk, waiting: Life) -> None:
    reference = waiting.reference
    await shell.done("assign", reference, "--to", "ana.silva", "--as", "ana.silva")
    await shell.done("declare-interest", reference, "--what", "my spouse is on its board", "--as", "ana.silva")
    assert (await waiting.state()).assigned is None
    assert among(await listed(shell, desk, "ana.silva"), waiting) == []
    assert among(await listed(shell, desk, "nobody"), waiting) == [reference]


@pytest.mark.slow
async def test_what_is_signed_is_shown_first(shell: Shell, waiting: Life) -> None:
    wide = shell.where(TTY_COMPATIBLE="1", NO_COLOR="1", COLUMNS="300")
    said = await wide.done("comment", waiting.reference, "--text", MARCH, "--as", "ana.silva")
    assert f"ana.silva signs: comment: {MARCH}" in said.stderr
    given = await wide.done("assign", waiting.reference, "--to", "femi.ade", "--as", "ana.silva")
    assert "ana.silva signs: assign: femi.ade" in given.stderr
