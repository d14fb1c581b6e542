"""Forms made from a model's schema: every field that the model has, with its words, its hint, and what was typed.

A form's content is the nested content that the model reads, as texts, lists and objects; a field's name is its path in
it, such as `funds_out.tranches.0.money.amount`. What is done with the content: `form_content`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    owner: str = ""
    """The class whose field it is."""
    value_class: str = ""
    """The class of its value, or of its entries, if it is one of ours."""

    @property
    def name(self) -> str:
        """The name of its field, or its place in a list."""
        return self.path.rpartition(".")[2]

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
        return (node for node in self.every if node.kind not in {"group", "list"})

    @property
    def every(self) -> Iterator[Node]:
        """It, and all within it."""
        yield self
        for child in self.children:
            yield from child.every


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
        node = self._node(part, where, _words(name), part.get("description", ""), is_mandatory, content.get(name))
        return replace(node, owner=str(owner.get("title", "")), value_class=self._value_class(part))

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

    def _value_class(self, part: Mapping[str, Any]) -> str:
        """Return the title of our own class that a field holds, or holds entries of, or ''."""
        schema = self._resolved(part)
        if schema.get("type") == "array":
            return self._value_class(schema.get("items", {}))
        return str(schema.get("title", "")) if schema.get("title") in self._schema.get("$defs", {}) else ""

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema that a reference, or a choice of one or nothing, means."""
        if "$ref" in part:
            return self._resolved(self._schema["$defs"][part["$ref"].rpartition("/")[2]])
        if options := [option for option in part.get("anyOf", ()) if option.get("type") != "null"]:
            return self._resolved(options[-1])
        return part


LABELS: Final = {
    "ein": "US tax number",
    "funds_out": "Money out",
    "funds_in": "Money in",
    "non_monetary": "Work without money",
}
"""The words for fields whose names are not those of their readers."""

YES_OR_NO: Final = {True: "yes", False: "no"}
"""The answers to a question that may be left open, as people choose them and as the model reads them."""

NUMBERED: Final = "number"
"""The field of an entry that tells its place in its list, where it is a number. Nobody types it."""


_AMONG: Final = re.compile(r"\^\(([A-Z_]+(?:\|[A-Z_]+)+)\)\$")
"""A pattern that is a list of codes."""


def _is_number(fields: Mapping[str, Any], name: str) -> bool:
    return name == NUMBERED and name in fields and fields[name].get("type") == "integer"


def _leaf(schema: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if choices := tuple(map(str, schema.get("enum", ()))):
        return "choice", choices
    if among := _AMONG.fullmatch(schema.get("pattern", "")):
        return "choice", tuple(among[1].split("|"))
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
