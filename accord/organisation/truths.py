"""The content that people sign to tell a truth or answer it, and the partnerships that the truth touches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput, Unreachable
from accord.presentation.input_files import faults_of
from domain.identity import derive
from domain.parties import Party
from domain.proposal import Proposal
from domain.screening.truths import TruthKind
from domain.truths.drawing import words_about
from domain.truths.touching import main_party, party_named, touching
from domain.truths.truth import Truth
from domain.values import Ein
from domain.words import Words
from ledger import clock
from records.read_models.facts import OpenPartnership
from records.read_models.open_partnerships import ReadPlace, open_where
from records.truths import ALIKE, read_truths

_EIN: Final[TypeAdapter[str]] = TypeAdapter(Ein)
_ENOUGH: Final = 4
"""The least number of signs after "T-" by which a truth may be named."""


class Telling(NamedTuple):
    """A person's word on a thing that they learnt."""

    kind: TruthKind
    what: str
    since: date
    source: str = ""
    partnership_id: str | None = None
    about: str = ""
    """The organisation's name or, without it, the payee of the partnership."""
    ein: str = ""
    number: str = ""
    """Its number in another register, as `scheme number`."""
    person: str = ""
    paper: str = ""
    paper_sha256: str | None = None
    other: str | None = None
    """The partnership with which `partnership_id` carries out one project, where that is told."""


async def content_to_tell(desk: LedgerAccess, telling: Telling, actor: str) -> tuple[dict[str, Any], Truth | None]:
    """Return the content to sign for telling this, and the truth if they told it already and nobody answered.

    Raises:
        BadInput: It is about nobody, or a field cannot be kept; the message names it.
    """
    if telling.since > clock.today():
        raise BadInput(f"--since: {telling.since} is not over yet; give the day since which it is known")
    await _require_two_of_one_project(desk, telling)
    truths = await read_truths(desk.reader)
    words = await _words(desk, telling, _id(telling, actor, truths))
    content = {
        "truth_kind": telling.kind, "since": telling.since, "partnership_id": telling.partnership_id,
        "paper_sha256": telling.paper_sha256, "other": telling.other, "words": words,
    }  # fmt: skip
    return content, _with_id(truths, words.of)


def content_to_answer(truth: Truth, so: bool, reason: str, paper: str, paper_sha256: str | None) -> dict[str, Any]:
    """Return the content that a verifier signs to answer a truth so. Raises BadInput as `answer` does."""
    if not so and paper_sha256 is None:
        raise BadInput("--document: only a paper shows that it is not so; give the file that does")
    words = _valid({"of": truth.truth, "what": reason, "paper": paper, "person": truth.words.person})
    return {"so": so, "paper_sha256": paper_sha256, "words": words}


async def truth_on_record(desk: LedgerAccess, truth: UUID) -> Truth:
    """Return a truth that was recorded. Raises Unreachable if the ledger here does not hold it."""
    recorded_truth = _with_id(await read_truths(desk.reader), truth)
    if recorded_truth is None:
        raise Unreachable("a worker says that it is recorded, and the ledger here does not hold it; give it again")
    return recorded_truth


async def truth_named(desk: LedgerAccess, name: str) -> Truth:
    """Return the truth with a name, given in full or by a beginning that only one has.

    Raises:
        BadInput: None, or more than one, has such a name.
    """
    prefix = name.upper().removeprefix("T-").replace("-", "")
    truths = await read_truths(desk.reader)
    matches = [truth for truth in truths if len(prefix) >= _ENOUGH and truth.truth.hex.upper().startswith(prefix)]
    if len(matches) != 1:
        raise BadInput(
            f"TRUTH: {name[:40]!r} names {len(matches) or 'none'} of what was told; see `accord truths --all`"
        )
    return matches[0]


async def touched_by(desk: LedgerAccess, truth: Truth) -> tuple[str, ...]:
    """Return the ids of the open partnerships that a truth touches, and of the one in which it was told."""
    return tuple(dict.fromkeys((*truth.partnerships, *await open_touched_by(desk, truth))))


async def open_touched_by(desk: LedgerAccess, truth: Truth, place: ReadPlace | None = None) -> tuple[str, ...]:
    """Return the ids of the open partnerships that a truth touches. `place`: see `open_cases`."""
    return tuple(sorted(await open_where(desk.ledger, lambda case: _is_touched(case, truth), place)))


def _is_touched(case: OpenPartnership, truth: Truth) -> bool:
    return case.now is not None and bool(touching([truth], case.now, ALIKE))


async def _require_two_of_one_project(desk: LedgerAccess, telling: Telling) -> None:
    """Require two partnerships that pay somebody where one project is told, and nobody beside them."""
    if telling.kind is not TruthKind.ONE_PROJECT:
        if telling.other:
            raise BadInput("--with: only one project (--kind ONE_PROJECT) is of two partnerships; leave it out")
        return
    if telling.about or telling.ein or telling.number or telling.person:
        raise BadInput("--about: one project is of two partnerships, not of a party; leave it out")
    if not (telling.partnership_id and telling.other) or telling.partnership_id == telling.other:
        raise BadInput("--with: one project is of two partnerships; give ID, and another one by --with")
    for partnership_id in (telling.partnership_id, telling.other):
        if (await desk.known_partnership(partnership_id)).proposed.funds_out is None:
            raise BadInput(f"--with: no money goes out in {partnership_id}, so nothing counts together with it")


async def _words(desk: LedgerAccess, telling: Telling, truth: UUID) -> Words:
    """Return the words of a truth about whomever it names: the party with every number that the partnership gives."""
    content: dict[str, Any] = {"of": truth, "what": telling.what, "source": telling.source, "paper": telling.paper}
    party = await _party(desk, telling)
    if party is not None:
        content |= words_about(party, truth, "nothing", "").model_dump(include={"names", "ein", "numbers", "person"})
    elif telling.about:
        content["names"] = (telling.about,)
    if telling.ein:
        content["ein"] = _ein(telling.ein)
    if telling.number:
        content["numbers"] = (*content.get("numbers", ()), telling.number)
    if telling.person:
        content["person"] = telling.person
    if not (telling.partnership_id or any(content.get(name) for name in ("names", "ein", "numbers", "person"))):
        raise BadInput(
            "--about: say whom it is about: a partnership, or an organisation by name or number, or a person"
        )
    return _valid(content)


async def _party(desk: LedgerAccess, telling: Telling) -> Party | None:
    """Return the party of the partnership that is meant, or None if another one, or only a person, is."""
    if telling.partnership_id is None or telling.other is not None:
        return None
    proposal: Proposal = (await desk.known_partnership(telling.partnership_id)).proposed
    if telling.about:
        return party_named(proposal, telling.about)
    return None if telling.person or telling.ein or telling.number else main_party(proposal)


def _ein(text: str) -> str:
    try:
        return _EIN.validate_python(text)
    except ValidationError as fault:
        raise BadInput(f"--ein: {faults_of(fault)}") from None


def _valid(content: dict[str, Any]) -> Words:
    try:
        return Words.model_validate(content)
    except ValidationError as fault:
        raise BadInput(f"what was told has {faults_of(fault)}") from None


def _id(telling: Telling, actor: str, truths: Iterable[Truth]) -> UUID:
    """Return the id of what somebody tells: another one once what they told before was answered."""
    answered_ids = {known_truth.truth for known_truth in truths if known_truth.answer is not None}
    parts = [actor, *(part or "" for part in telling)]
    number = 0
    while (truth := derive("truth", *parts, number)) in answered_ids:
        number += 1
    return truth


def _with_id(truths: Iterable[Truth], truth: UUID) -> Truth | None:
    return next((known_truth for known_truth in truths if known_truth.truth == truth), None)
