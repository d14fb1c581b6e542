"""Forms made from a model's schema: every field that the model has, with its words, its hint, and what was typed.

A form's content is the nested content that the model reads, as texts, lists and objects; a field's name is its path in
it, such as `funds_out.tranches.0.money.amount`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accord.presentation.faults import BadInput
from accord.presentation.numbers import whole_number

LONG: Final = 200
"""A text that may be longer has a box of several lines."""

MOST_ENTRIES: Final = 99
"""The most entries of a list to which a form adds. A longer list is handed in as a file."""

SAME: Final = "same_as"
"""The field that says that a party is another one of the same proposal."""


@dataclass(frozen=True, slots=True)
class Node:
    """A field, a group of fields, or a list of them."""

    path: str
    label: str
    hint: str
    kind: str
    """line, text, day, tick, choice, group or list."""
    required: bool = False
    value: str = ""
    choices: tuple[str, ...] = ()
    present: bool = True
    """False for a group that may be left out, and is."""
    is_party: bool = False
    children: tuple[Node, ...] = field(default=())

    @property
    def is_filled(self) -> bool:
        """True if something was typed in it."""
        return any(leaf.value for leaf in self.leaves) or (self.kind == "group" and self.present and not self.required)

    @property
    def parties(self) -> Iterator[Node]:
        """The parties in it that may be the partner."""
        if self.is_party and self.path != "partner":
            yield self
        for child in self.children:
            yield from child.parties

    @property
    def leaves(self) -> Iterator[Node]:
        """The fields in it, and itself if it is one."""
        if self.kind not in {"group", "list"}:
            yield self
        for child in self.children:
            yield from child.leaves


class Schema:
    """The schema of a model, from which forms are made."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Read a JSON Schema as pydantic writes it: definitions under `$defs`, null for what may be left out."""
        self._schema = schema

    def nodes(self, names: Sequence[str], content: Mapping[str, Any]) -> tuple[Node, ...]:
        """Return the fields of these names at the top of the model, with what is in the content."""
        return tuple(self._field(self._schema, name, "", content) for name in names)

    def entry(self, path: str) -> Any:
        """Return a new entry for a path: an empty group, or an empty entry of the list there.

        Raises:
            BadInput: The model has no such group or list.
        """
        part: Mapping[str, Any] = self._schema
        for name in path.split("."):
            schema = self._resolved(part)
            part = (
                schema.get("items", {})
                if whole_number(name, 4) is not None
                else schema.get("properties", {}).get(name, {})
            )
        schema = self._resolved(part)
        match schema.get("type"):
            case "object":
                return {}
            case "array":
                fields = self._resolved(schema["items"]).get("properties")
                return [""] if fields is None else [{NUMBERED: 0} if _is_number(fields, NUMBERED) else {}]
            case _:
                raise BadInput(f"{path[:80]}: nothing can be added there")

    def _field(self, owner: Mapping[str, Any], name: str, path: str, content: Mapping[str, Any]) -> Node:
        part = owner["properties"][name]
        is_mandatory = name in owner.get("required", ())
        where = f"{path}.{name}" if path else name
        return self._node(part, where, _words(name), part.get("description", ""), is_mandatory, content.get(name))

    def _node(
        self, part: Mapping[str, Any], path: str, label: str, hint: str, is_mandatory: bool, current_value: Any
    ) -> Node:
        schema = self._resolved(part)
        hint = hint or _first_line(schema.get("description", ""))
        match schema.get("type"):
            case "object":
                return self._group(schema, path, label, hint, is_mandatory, current_value)
            case "array":
                return self._list(schema, path, label, hint, is_mandatory, current_value)
            case "boolean" if "anyOf" in part:  # yes, no or not given: a tick has only two of the three
                return Node(
                    path, label, hint, "choice", is_mandatory, _answer(current_value), tuple(YES_OR_NO.values())
                )
            case _:
                kind, choices = _leaf(schema)
                return Node(path, label, hint, kind, is_mandatory, _text(current_value, part.get("default")), choices)

    def _group(
        self, schema: Mapping[str, Any], path: str, label: str, hint: str, is_mandatory: bool, current_value: Any
    ) -> Node:
        content = current_value if isinstance(current_value, dict) else {}
        present = is_mandatory or isinstance(current_value, dict)
        children: tuple[Node, ...] = ()
        if present and SAME not in content:
            fields = schema.get("properties", {})
            is_entry = whole_number(path.rpartition(".")[2], 4) is not None
            names = (name for name in fields if not (is_entry and _is_number(fields, name)))
            children = tuple(self._field(schema, name, path, content) for name in names)
        is_party = schema.get("title") == "Party"
        reference = str(content.get(SAME, ""))
        return Node(path, label, hint, "group", is_mandatory, reference, (), present, is_party, children)

    def _list(
        self, schema: Mapping[str, Any], path: str, label: str, hint: str, is_mandatory: bool, current_value: Any
    ) -> Node:
        entries = current_value if isinstance(current_value, list) else []
        children = tuple(
            self._node(schema["items"], f"{path}.{place}", f"{label} {place + 1}", "", True, entry)
            for place, entry in enumerate(entries)
        )
        return Node(path, label, hint, "list", is_mandatory, children=children)

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema that a reference, or a choice of one or nothing, means."""
        if "$ref" in part:
            return self._resolved(self._schema["$defs"][part["$ref"].rpartition("/")[2]])
        if options := [option for option in part.get("anyOf", ()) if option.get("type") != "null"]:
            return self._resolved(options[-1])
        return part


def filled(nodes: Sequence[Node], content: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the content with what was typed in the fields of some nodes. Line ends are as on record."""
    new_content: Any = _copied(dict(content))
    for leaf in (leaf for node in nodes for leaf in node.leaves):
        if leaf.kind == "tick":
            put(new_content, leaf.path, leaf.path in inputs)
        elif leaf.path in inputs:
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
    new_content = _copied(dict(content))
    current_value, way = at(new_content, path), path.rpartition(".")[0]
    if way and at(new_content, way) is None:
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
    new_content = _copied(dict(content))
    way, _, last = path.rpartition(".")
    holder = at(new_content, way) if way else new_content
    if isinstance(holder, list) and _place(last, holder) is not None:
        del holder[int(last)]
    elif isinstance(holder, dict):
        holder.pop(last, None)
    return dict(new_content)


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


LABELS: Final = {
    "ein": "EIN",
    "funds_out": "Money out",
    "funds_in": "Money in",
    "non_monetary": "Work without money",
}
"""The words for fields whose names are not those of their readers."""

YES_OR_NO: Final = {True: "yes", False: "no"}
"""The answers to a question that may be left open, as people choose them and as the model reads them."""

NUMBERED: Final = "number"
"""The field of an entry that tells its place in its list, where it is a number. Nobody types it."""


def _is_number(fields: Mapping[str, Any], name: str) -> bool:
    return name == NUMBERED and name in fields and fields[name].get("type") == "integer"


def _leaf(schema: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if choices := tuple(map(str, schema.get("enum", ()))):
        return "choice", choices
    if schema.get("type") == "boolean":
        return "tick", ()
    if schema.get("format") == "date":
        return "day", ()
    return ("text" if schema.get("maxLength", 0) > LONG else "line"), ()


def _answer(current_value: Any) -> str:
    return YES_OR_NO[current_value] if isinstance(current_value, bool) else str(current_value or "")


def _text(current_value: Any, default: Any) -> str:
    value = default if current_value is None else current_value
    return "" if value is None or value is False or isinstance(value, (list, dict)) else str(value)


def _words(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _copied(content: Any) -> Any:
    match content:
        case dict():
            return {name: _copied(part) for name, part in content.items()}
        case list():
            return [_copied(part) for part in content]
        case _:
            return content


def differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (path, before, after) of every field that differs between two contents."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            old_entry, new_entry = (entries[place] if place < len(entries) else None for entries in (before, after))
            yield from differences(old_entry, new_entry, f"{path}.{place}")
    elif before != after:
        yield path, _shown(before), _shown(after)


def _shown(content: Any) -> str:
    match content:
        case None:
            return "nothing"
        case dict() | list():
            return json.dumps(content, ensure_ascii=False)
        case _:
            return str(content)
