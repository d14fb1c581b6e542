"""The worker's login cannot make a payee eligible: the registers' own rows are compared with what it recorded (R38)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.partnership import events as e
from domain.policy.rulebook import EDITIONS, assess
from domain.screening.tax_status import SupportedEvidence
from registers.lookup import status_of
from tests.accord.audit.story import (
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    both,
    lists,
    made,
    nothing,
    proposed,
    rechecked,
    relisted,
    tell,
    verified,
)
from tests.builders import (
    beneficiary,
    benefit,
    funding,
    funds_out,
    master_file,
    named,
    party,
    publication_78,
    regrant,
    status,
)

OTHERWISE = "the registers say otherwise of Riverbend Library Network than its due diligence: "


def also_lists(register: str, row: str, kind: str) -> Step:
    async def step(story: Story) -> None:
        await lists(story.desk, story.registers[register].version, row, kind, line=3)

    return step


async def unlisted(story: Story) -> None:
    await story.desk.pool.execute("UPDATE registers.rows SET key = '001000009'")


A_REVOCATION = "001000001|RIVERBEND||1 MAIN ST|RIVERBEND|KS|00000|US|03|15-MAY-2026|10-AUG-2026|"


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("listed", "recorded", "part"),
    [
        pytest.param(relisted(",1,15,", ",1,04,"), {}, "master file", id="a private foundation called a charity"),
        pytest.param(unlisted, {}, "master file, revenue, name", id="nobody called a charity"),
        pytest.param(relisted(",900000,900000,", ",9,9,"), {}, "revenue", id="a small payee called a large one"),
        pytest.param(
            relisted("RIVERBEND LIBRARY NETWORK", "LAKESIDE HARBOR"),
            {"master_file": master_file(name="LAKESIDE HARBOR"), "names": (named(confirms=True),)},
            "name",
            id="another's number, whose name is said to confirm the payee's",
        ),
        pytest.param(
            nothing,
            {"publication78": (publication_78("PC"),)},
            "Publication 78",
            id="a deductibility that is not listed",
        ),
        pytest.param(
            also_lists("irs-revocation", A_REVOCATION, "revocation"), {}, "revocations", id="a revocation left out"
        ),
    ],
)
@pytest.mark.parametrize("look", [verified, rechecked], ids=["at first", "at a later look"])
async def test_evidence_that_no_register_bears_out_pays_nobody(
    story: Story, listed: Step, recorded: dict[str, Any], part: str, look: Any
) -> None:
    first = both(listed, verified(**recorded)) if look is verified else verified()
    later = both(listed, rechecked(**recorded)) if look is rechecked else nothing
    await tell(story, verified=first)
    await later(story)
    verdict = await story.stopped(OTHERWISE + part)
    assert str(verdict.reason) == OTHERWISE + part
    assert verdict.look_again  # an honest worker's look puts it right


async def test_what_is_wrong_about_a_further_name_alone_stops_nobody(story: Story) -> None:
    names = (named(), named("Old Mill Readers", further=True))
    await tell(story, verified=verified(names=names))
    await story.let_through()


async def test_a_sub_recipients_evidence_is_compared_too(story: Story) -> None:
    readers = party("Readers", ein="001000002")
    leg = funds_out("1000.00", regrant=regrant(readers, covenant=True))

    async def forged(story: Story) -> None:
        found = story.evidence()
        own = status(ein="001000002", asked=found.status.asked if found.status else (), names=(named("Readers"),))
        seen = found.model_copy(update={"supported": (SupportedEvidence(party="Readers", status=own),)})
        screened = seen.screening.model_copy(update={"parties": (*seen.screening.parties, "Readers")})
        seen = seen.model_copy(update={"screening": screened})
        await story.write(e.DueDiligenceCompleted(at=datetime.now(UTC), verification=seen))

    await tell(story, proposed=proposed(funds_out=leg), verified=forged)
    await story.stopped("the registers say otherwise of Readers than its due diligence: master file, revenue, name")


async def test_evidence_of_before_names_were_compared_is_looked_up_anew(story: Story) -> None:
    async def under_its_edition(story: Story) -> None:
        found = story.state.verification
        assert found is not None
        assessment = assess(made(), funding(), found, (), EDITIONS["2026.3"])
        await story.write(
            e.EligibilityAssessed(at=datetime.now(UTC), assessment=assessment, quorum=(PROGRAMME, FINANCE))
        )

    older = verified(names=(), master_file=master_file(revenue=None, filing=""))
    await tell(story, verified=older, assessed=under_its_edition)
    assert (await story.stopped("the rule book in force says of it now")).look_again
    await rechecked()(story)
    await story.let_through()


CARRIER_USES_MOST = funds_out("1000.00", benefit=benefit(beneficiary("Great Plains Carrier Inc")))
NOT_ASKED = "the lists were not asked about Great Plains Carrier Inc yet"


async def test_nobody_is_paid_before_the_lists_were_asked_about_who_gets_most_of_the_use(story: Story) -> None:
    await tell(story, proposed=proposed(funds_out=CARRIER_USES_MOST))
    assert (await story.stopped(NOT_ASKED)).look_again


@pytest.mark.slow
async def test_nobody_is_paid_before_the_lists_were_asked_about_every_registered_name(story: Story) -> None:
    await tell(story)
    await relisted("B700,", "B700,LOWER RIVER READERS")(story)
    assert (await story.stopped("the lists were not asked about LOWER RIVER READERS yet")).look_again


async def test_the_story_records_what_the_registers_say(story: Story) -> None:
    async with story.desk.pool.acquire() as connection:
        listed = await status_of(connection, party())
    recorded = story.evidence().status
    assert listed is not None
    assert recorded is not None
    assert listed.master_file is not None
    assert recorded.master_file is not None
    row = {"source"}
    assert listed.master_file.model_dump(exclude=row) == recorded.master_file.model_dump(exclude=row)
