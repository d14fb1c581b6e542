"""Pointers into what the domain accepts: each answer's place in a proposal or a report, held against its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints

from domain.fault import Fault
from domain.partnership.acts import StaffCommand
from domain.partnership.report.commands import Report
from domain.proposal import Proposal

FactPointer = Annotated[str, StringConstraints(pattern=r"^(/[a-z_][a-z0-9_]*|/[0-9]{1,3})+$", max_length=200)]
"""A JSON Pointer (RFC 6901) to a fact, such as /figures/spent."""

PROPOSAL, REPORT = "proposal", "report"
_MODELS: Final[Mapping[str, type[BaseModel]]] = {PROPOSAL: Proposal, REPORT: Report}
_SIGNERS: Final = frozenset(StaffCommand.model_fields)
"""What the person who acts says of themselves: no answer of a grantee stands there."""


def pointer_fault(pointer: str, target: str) -> Fault | None:
    """Return the reason why a pointer leads to nothing that an answer may fill, or None. `target`: what it is of."""
    if target == REPORT and pointer.split("/")[1] in _SIGNERS:
        return Fault(f"{pointer} is said by whoever signs, not by a grantee; point to another fact")
    if missing_pointer := missing_part(pointer, _MODELS[target]):
        advice = f"`accord schema {_COMMANDS[target]}` shows those that are"
        return Fault(f"{missing_pointer} is no fact of a {target}; {advice}")
    return None


def missing_part(pointer: str, model: type[BaseModel]) -> str | None:
    """Return a pointer up to its first step to no field of a model, or None."""
    schema, steps = _schema_of(model), pointer.split("/")[1:]
    places: list[Mapping[str, Any]] = [schema]
    for depth, step in enumerate(steps):
        places = [deeper for place in places for deeper in _within(place, step, schema)]
        if not places:
            return "/" + "/".join(steps[: depth + 1])
    return None


_COMMANDS: Final = {PROPOSAL: "proposal", REPORT: "act report"}


@lru_cache
def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _within(place: Mapping[str, Any], step: str, root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what stands at a step in a schema, in each of its alternatives."""
    for schema in _alternatives(place, root):
        if step in schema.get("properties", {}):
            yield schema["properties"][step]
        elif step.isdigit():
            fixed = schema.get("prefixItems", ())
            if int(step) < len(fixed):
                yield fixed[int(step)]
            elif isinstance(schema.get("items"), dict):
                yield schema["items"]


def _alternatives(place: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in place:
        yield from _alternatives(root["$defs"][place["$ref"].rpartition("/")[2]], root)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for schema in place.get(keyword, ()):
            yield from _alternatives(schema, root)
    yield place
