"""The differences of an act from the submission that it takes over, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from accord.presentation.acts import fields_of
from accord.presentation.door.becoming import Submitted, content_of_act, is_same
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.facts import changes_of
from accord.presentation.words.labels import ENTRIES, LABELS, QUOTED
from accord.presentation.words.values import NamesInWords
from domain.partnership import commands as c
from domain.plans import ReportKind
from domain.proposal import Proposal

NO_ANSWER: Final = "nothing"
UNREADABLE: Final = "something that cannot be recorded as it is"
_OF_STAFF: Final = frozenset({"account", "corrects", "submission", "reason", "answer"})
"""The fields in which no answer of a grantee stands, unless they were filled from one."""
_NUMBERS: Final = ("line", "milestone", "indicator")

Path = tuple[str, ...]


class Departure(NamedTuple):
    """A field of an act that says something else than was handed in."""

    label: str
    handed_in: str
    recorded: str


def departures(command: c.StaffCommand, evidence: Submitted, names: NamesInWords) -> tuple[Departure, ...]:
    """Return the fields of a command that say something else than was handed in."""
    content = content_of_act(type(command), evidence)
    if isinstance(command, c.Amend | c.Propose):
        return _of_proposal(content.pop("proposal"), command.proposal, names)
    handed_in, content_now = dict(_leaves(content)), dict(_leaves(command.content()))
    titles = {field.name: QUOTED.get(field.title, field.title) for field in fields_of(type(command))}
    return tuple(
        Departure(_label(path, titles), _said(handed_in.get(path)), _said(content_now.get(path)))
        for path in dict.fromkeys((*handed_in, *content_now))
        if (path in handed_in or path[0] not in _OF_STAFF) and not is_same(handed_in.get(path), content_now.get(path))
    )


def _of_proposal(content: Any, proposal: Proposal, names: NamesInWords) -> tuple[Departure, ...]:
    try:
        handed_in = Proposal.model_validate(content)
    except ValidationError:
        return (Departure("The proposal", UNREADABLE, "the proposal below"),)
    return tuple(Departure(*change) for change in changes_of(handed_in, proposal, names))


def _leaves(content: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each value of a content by its way from the top. Entries of a list are told apart by their numbers."""
    match content:
        case dict():
            for name, part in content.items():
                yield from _leaves(part, (*path, name))
        case list() | tuple():
            for place, part in enumerate(content, 1):
                yield from _leaves(part, (*path, _number_of(part) or str(place)))
        case None | "":
            pass
        case _:
            yield path, content


def _number_of(entry: Any) -> str:
    numbers = (entry.get(name) for name in _NUMBERS) if isinstance(entry, Mapping) else ()
    return next((str(number) for number in numbers if number is not None), "")


def _label(path: Path, titles: Mapping[str, str]) -> str:
    first, *further_steps = path
    labels, before = [titles.get(first, "")], first
    for step in further_steps:
        labels.append(f"{ENTRIES.get(before, '')} {step}".strip() if step.isdecimal() else _named(step))
        before = step
    return ", ".join(label for label in labels if label)


def _named(step: str) -> str:
    return LABELS.get(("", step)) or as_sentence(plainly(step))


def _said(value: Any) -> str:
    match value:
        case None:
            return NO_ANSWER
        case bool():
            return "yes" if value else "no"
        case str() if _DIGEST.fullmatch(value):
            return f"the paper {value[:8]}"
        case str() if value in _KINDS:
            return words_of(ReportKind(value))
        case _:
            return str(value)


_DIGEST: Final = re.compile("[0-9a-f]{64}")
"""The digest of a paper, of which the first digits tell two apart."""
_KINDS: Final = frozenset(kind.value for kind in ReportKind)
