"""The content of a form, as texts, lists and objects: typed texts are put at their paths, and read as a model reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from accord.presentation.faults import BadInput
from accord.presentation.forms import MOST_ENTRIES, NUMBERED, Node
from accord.presentation.numbers import whole_number
from domain.budgets.terms import same_name

OFFICE: Final = "public_office"
"""The field of a person's declaration on a prominent public office."""


def filled(
    nodes: Iterable[Node], content: Mapping[str, Any], inputs: Mapping[str, str], shown: Collection[str]
) -> dict[str, Any]:
    """Return the content with what was typed in the fields of some nodes. Line ends are as on record.

    `shown`: the ticks that could be set, since a form sends no word of one that is not.
    """
    new_content: Any = copied(dict(content))
    for leaf in (leaf for node in nodes for leaf in node.leaves):
        if leaf.kind == "tick" and leaf.path in shown:
            put(new_content, leaf.path, leaf.path in inputs)
        elif (leaf.kind != "tick" or leaf.required) and leaf.path in inputs:
            put(new_content, leaf.path, inputs[leaf.path].replace("\r\n", "\n").strip())
    return dict(new_content)


def put(content: Any, path: str, value: Any) -> None:
    """Put a value at a path. The groups on the way are made where they are missing."""
    *way, last = path.split(".")
    for name in way:
        content = content[int(name)] if isinstance(content, list) else content.setdefault(name, {})
    if isinstance(content, list):
        content[int(last)] = value
    else:
        content[last] = value


def at(content: Any, path: str) -> Any:
    """Return the value at a path, or None where there is nothing."""
    for name in path.split("."):
        if isinstance(content, list):
            place = _place(name, content)
            content = content[place] if place is not None else None
        elif isinstance(content, dict):
            content = content.get(name)
        else:
            return None
    return content


def _place(part: str, entries: Sequence[Any]) -> int | None:
    """Return the place in a list that a part of a path names, or None if there is no such place."""
    place = whole_number(part, most_digits=4)
    return place if place is not None and place < len(entries) else None


def added(content: Mapping[str, Any], path: str, entry: Any) -> dict[str, Any]:
    """Return the content with a group at a path, or with one entry more in the list there."""
    new_content = copied(dict(content))
    current_value, way = at(new_content, path), path.rpartition(".")[0]
    holder = at(new_content, way) if way else new_content
    if holder is None or (isinstance(holder, list) and current_value is None):
        raise BadInput(f"{path[:80]}: nothing can be added there")
    if isinstance(entry, list):
        if len(current_value or []) >= MOST_ENTRIES:
            raise BadInput(
                f"{path}: it has {MOST_ENTRIES} entries, which is the most that a form takes; propose a file"
            )
        put(new_content, path, [*(current_value or []), *entry])
    elif current_value is None:
        put(new_content, path, entry)
    return dict(new_content)


def removed(content: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the content without what is at a path."""
    new_content = copied(dict(content))
    way, _, last = path.rpartition(".")
    holder = at(new_content, way) if way else new_content
    if isinstance(holder, list) and _place(last, holder) is not None:
        del holder[int(last)]
    elif isinstance(holder, dict):
        holder.pop(last, None)
    return dict(new_content)


def with_own_offices(before: Any, after: Any) -> Any:
    """Return a changed content in which a declaration of a public office stays with the name that it was made for.

    `before`: the content as it was. Where another name stands in a person's place, what the one before declared goes.
    """
    match before, after:
        case (dict(), dict()):
            parts = {name: with_own_offices(before.get(name), part) for name, part in after.items()}
            return {name: part for name, part in parts.items() if name != OFFICE or not _is_of_another(before, after)}
        case (list(), list()):
            missing = [None] * max(0, len(after) - len(before))
            return [with_own_offices(*pair) for pair in zip([*before, *missing], after, strict=False)]
        case _:
            return after


def _is_of_another(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True if a declaration stands as it was, beside another name."""
    names = [same_name(str(content.get("name") or "")) for content in (before, after)]
    return names[0] not in ("", names[1]) and before.get(OFFICE) == after.get(OFFICE)


def read(content: Any) -> Any:
    """Return the content as the model reads it: what was left empty is left out, and entries of lists are numbered."""
    match content:
        case dict():
            parts = {name: read(part) for name, part in content.items()}
            return {name: part for name, part in parts.items() if part not in ("", None)}
        case list():
            return [_numbered(read(part), place) for place, part in enumerate(content, 1) if part != ""]
        case _:
            return content


def _numbered(entry: Any, place: int) -> Any:
    has_number = isinstance(entry, dict) and isinstance(entry.get(NUMBERED), int)
    return {**entry, NUMBERED: place} if has_number else entry


def copied(content: Any) -> Any:
    """Return a content whose groups and lists may be changed apart."""
    match content:
        case dict():
            return {name: copied(part) for name, part in content.items()}
        case list():
            return [copied(part) for part in content]
        case _:
            return content
