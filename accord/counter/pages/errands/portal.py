"""Errands on sheets: what was typed into the bank's portal, and the second signature, as the shell's commands do it."""

from __future__ import annotations

from accord.counter.pages.errands.errands import Countersign, TypeIn
from accord.counter.pages.errands.words import ErrandWords, Facts, payment_facts
from accord.counter.pages.site import CounterSite
from accord.counter.portal.typing_in import countersign, record_typed
from accord.presentation.words.values import listed
from accord.web.errands import ErrandOutcome
from domain.signatures.signing import PasskeySignature
from payments.out.files import instructions_of_file


async def type_sheet(site: CounterSite, errand: TypeIn, actor: str, touch: PasskeySignature | None) -> ErrandOutcome:
    """Record a sheet as typed, once its person has signed that."""
    typing = await record_typed(await site.exporting(touch), errand.message_id, errand.confirmation, actor)
    told = f"It is recorded as typed under {typing.confirmation}."
    if typing.before:
        told += f" It was typed as {listed(typing.before)} before: take out of the portal what stands twice."
    following = "Do not release it in the portal yet: another person compares it with the sheet, and signs."
    if typing.in_doubt:
        following = f"Do not release it in the portal. It may not be paid now: {typing.in_doubt[0]}."
    page = f"/files/{errand.message_id}"
    return ErrandOutcome(told=told, following=following, back=page, words="See the sheet")


async def words_of_typing(site: CounterSite, errand: TypeIn) -> ErrandWords:
    """Return the words of a typing that is about to be recorded."""
    return ErrandWords(
        f"You typed this sheet into the bank's portal, which confirmed it as {errand.confirmation}, and did not "
        "release it there.",
        await _facts(site, errand.message_id, errand.confirmation),
        f"/files/{errand.message_id}",
        f"payments typed {errand.message_id} --confirmation {errand.confirmation}",
    )


async def sign_as_second(
    site: CounterSite, errand: Countersign, actor: str, touch: PasskeySignature | None
) -> ErrandOutcome:
    """Record the second signature on a sheet, once its person has given it."""
    await countersign(await site.exporting(touch), errand.message_id, errand.confirmation, actor)
    return ErrandOutcome(
        told="You signed as the second.",
        following="Now release it in the portal, once. It is paid when a statement of the account books it.",
        back=f"/files/{errand.message_id}",
        words="See the sheet",
    )


async def words_of_countersigning(site: CounterSite, errand: Countersign) -> ErrandWords:
    """Return the words of a second signature."""
    return ErrandWords(
        f"What stands in the bank's portal under {errand.confirmation} is what this sheet says, each line of it.",
        await _facts(site, errand.message_id, errand.confirmation),
        f"/files/{errand.message_id}",
        f"payments countersign {errand.message_id} --confirmation {errand.confirmation}",
    )


async def _facts(site: CounterSite, message_id: str, confirmation: str) -> Facts:
    """Return the content that is signed. The page that signs sees no whole account number."""
    async with site.desk.pool.acquire() as connection:
        payments = await instructions_of_file(connection, message_id)
    facts = await payment_facts(site.desk.pool, payments)
    return (("Confirmation number", confirmation), *facts, ("Sheet", message_id))
