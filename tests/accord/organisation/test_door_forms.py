"""With a person's name go the forms of the door in which they stand. Others stay, and all seals still hold."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from accord.client.papers.door_forms import erase_forms, forms_naming
from accord.organisation.erasures import approve, erase_now, what_it_blanks
from ledger import Ledger
from records.privacy.vault import NamedPerson, Vault
from records.submissions.seals import faults_of_submissions, seal_submissions
from tests import paying
from tests.accord.post.conftest import JANE, with_a_contact
from tests.doors import entered, handed_in, link_to

SUBJECT = "P-2026-0042"


async def jane_of(desk: Desk) -> NamedPerson:
    [jane] = [one for one in await Vault(desk.pool).people() if one.name == "Jane Roe"]
    return jane


async def written(desk: Desk) -> None:
    """Four forms: she stands in what was handed in, in a draft, not at all, and as the address of a link."""
    await paying.approved(desk, with_a_contact())
    await handed_in(desk.pool, await link_to(desk.pool, SUBJECT, about="1"), name="jane  ROE")
    link, form = await entered(desk.pool, await link_to(desk.pool, SUBJECT, about="2"))
    await link.save(form, "summary", "Roe, Jane held eleven courses", 0)
    link, form = await entered(desk.pool, await link_to(desk.pool, SUBJECT, about="3"))
    await link.save(form, "summary", "Somebody held eleven courses", 0)
    await link_to(desk.pool, SUBJECT, about="4", address=JANE)


async def test_the_forms_in_which_somebody_stands_are_found_and_that_is_a_look(furnished: Desk) -> None:
    await written(furnished)
    forms = await forms_naming(furnished, await jane_of(furnished), [SUBJECT], "dora.kim")
    assert [naming.places for naming in forms] == [("submission",), ("field",), ("address",)]
    assert f"the report form of {SUBJECT}" in forms[0].words
    looks = await furnished.pool.fetch("SELECT staff_id, subject FROM console.looks")
    assert ("dora.kim", f"forms of {SUBJECT}") in [tuple(row) for row in looks]


@pytest.mark.slow
async def test_they_go_with_the_name_once_two_guardians_approved_it(furnished: Desk) -> None:
    await written(furnished)
    await seal_submissions(furnished.ledger, furnished.pool)
    jane = await jane_of(furnished)
    forms = await forms_naming(furnished, jane, [SUBJECT], "dora.kim")
    for guardian in ("dora.kim", "otto.audit"):
        with pytest.raises(Exception, match="no two guardians approved it"):
            await erase_forms(furnished.pool, jane.person, forms)
        blanking = await what_it_blanks(furnished, jane)
        await approve(furnished, jane, blanking, "They asked for it", guardian)
    await erase_now(furnished, jane, blanking.seen)
    await erase_forms(furnished.pool, jane.person, forms)
    erased = await furnished.pool.fetch("SELECT about, erased_as FROM grantee.forms ORDER BY about")
    assert [tuple(row) for row in erased] == [("1", "PERSON"), ("2", "PERSON"), ("3", None), ("4", "PERSON")]
    assert await furnished.pool.fetchval("SELECT count(*) FROM grantee.keys") == 1
    assert await furnished.pool.fetchval("SELECT count(*) FROM grantee.submissions") == 1
    assert list(await faults_of_submissions(furnished.pool, Ledger(furnished.pool))) == []
