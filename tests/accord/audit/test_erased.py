"""Nobody's name is lawfully gone while a partnership is open: the check before a payment believes no erasure."""

from __future__ import annotations

from accord.audit.authorisation import ERASED
from accord.organisation.erasures import approve, erase_now, what_it_blanks
from records.privacy.vault import Vault
from tests.accord.audit.story import Story, proposed, tell

IDA = {"name": "Ida Holm", "email": "ida.holm@library.example", "organization": "Riverbend Library Network"}


async def test_a_payment_of_a_partnership_whose_names_are_gone_waits_and_says_why(story: Story) -> None:
    """Given an erasure that two guardians signed past the command that refuses it, then nothing is paid."""
    await tell(story, proposed=proposed(contacts=[IDA]))
    await story.let_through()
    [ida] = [one for one in await Vault(story.desk.pool).people() if one.name == IDA["name"]]
    for guardian in ("dora.kim", "otto.audit"):
        blanking = await what_it_blanks(story.desk, ida)
        await approve(story.desk, ida, blanking, "He asked for it", guardian)
    await erase_now(story.desk, ida, blanking.seen)
    await story.stopped(ERASED)
