"""Errands on exceptions: say what one was, alone or as the first or second of two."""

from __future__ import annotations

from accord.client.waiting.exception_sight import ExceptionSight, exception_named, sight_of
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.exceptions import resolve
from accord.counter.pages.errands.errands import Resolve
from accord.counter.pages.errands.words import ErrandWords
from accord.counter.pages.site import CounterSite
from accord.counter.pages.touching import TouchWanted
from accord.counter.resolutions import PaymentReference
from accord.counter.senders import sender_of
from accord.presentation.faults import BadInput
from accord.presentation.words.exceptions import choice_in_words, happened
from accord.presentation.words.values import money_in_words
from accord.web.errands import ErrandOutcome
from deploy.logins import Login
from domain.payment.bank_file import ResolutionAgreed
from domain.signatures.signing import PasskeySignature


async def exception_at(site: CounterSite, name: str) -> ExceptionSight:
    """Return the exception with a name. Raises BadInput if there is none."""
    desk = site.desk_of(Login.IMPORTER, client=False)
    exception_id = await exception_named(desk, name)
    sight = await sight_of(desk, exception_id) if exception_id is not None else None
    if sight is None:
        raise BadInput("there is no such exception; go back to the list of exceptions")
    return sight


async def say_what_it_was(
    site: CounterSite, errand: Resolve, actor: str, touch: PasskeySignature | None
) -> ErrandOutcome:
    """Record what an exception was, once its person has signed it."""
    desk = site.desk_of(Login.IMPORTER, touch)
    sight = await exception_at(site, errand.exception)
    attempt = sight.answer.attempt if sight.answer is not None and not errand.partnership_id else 0
    belongs = PaymentReference(errand.partnership_id, errand.tranche, attempt or int(bool(errand.tranche)))
    raised = await named_exception(desk, sight.name)
    resolved = await resolve(desk, raised, errand.resolution, belongs, errand.note, actor)
    follows = "It counts once another person signs the same." if resolved.waits_for_second else "It waits no more."
    return ErrandOutcome(
        told="You signed first." if resolved.waits_for_second else "The exception is resolved.",
        following=" ".join(filter(None, (resolved.told and f"{resolved.told}.", follows))),
        back=f"{site.settings.console_origin}/payments/exceptions/{sight.name}",
        words="See the exception",
    )


async def words_of_resolving(site: CounterSite, errand: Resolve, wanted: TouchWanted) -> ErrandWords:
    """Return the words of a resolution: what happened, what its person says it was, and whether that settles it."""
    sight = await exception_at(site, errand.exception)
    raised, answer = sight.exception.raised, sight.answer
    words, content = choice_in_words(errand.resolution, raised, answer), wanted.content
    first = wanted.statement.act == ResolutionAgreed.act
    settles = "another person signs the same, and then it counts" if first else "your signature settles it"
    about = f"{content['partnership_id']}, payment {content['tranche']}" if content.get("partnership_id") else ""
    sender = await sender_of(site.desk_of(Login.IMPORTER, client=False), sight.exception)
    facts = (
        ("What happened", happened(raised, answer, sight.attempt)),
        ("Sent by", sender),
        ("The bank says", money_in_words(answer.money) if answer is not None else ""),
        ("Payment", about or (sight.partnership.proposed.title if sight.partnership is not None else "")),
        ("What it does", words.does),
        ("Your reason", str(content["note"])),
        ("What settles it", settles),
    )
    command = f"payments resolve {sight.name} --kind {errand.resolution.value} --note NOTE"
    leave = f"/exceptions/{sight.name}/{errand.resolution.value}"
    oath = f"You say of what the bank told: {words.says[:1].lower()}{words.says[1:]}."
    return ErrandWords(oath, tuple((label, said) for label, said in facts if said), leave, command)
