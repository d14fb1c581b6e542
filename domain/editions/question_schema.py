"""The JSON Schema of one question: a closed list of keywords and formats. It has no pattern and refers to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from domain.editions.bank_words import bank_word_in
from domain.editions.content import Code
from domain.values import Value, is_empty, is_none

TYPES: Final = {
    "money": "string", "date": "string", "period": "object", "country": "string", "email": "string", "party": "object",
    "people": "array", "budget": "array", "workplan": "array", "results": "array", "paper": "string",
    "new-budget": "array",
}  # fmt: skip
"""The formats of answers, each with the type of JSON that it is given in. `words:N`: text of at most N words."""

_WORDS: Final = re.compile(r"words:[1-9][0-9]{0,3}")
MOST_SIGNS: Final = 200
"""The longest answer on one line, where the question sets no other."""


def _format(text: str) -> str:
    if text in TYPES or _WORDS.fullmatch(text):
        return text
    if bank_word_in(text):
        raise ValueError(f"{text[:30]!r} would hold bank details, which no question asks for; remove the question")
    raise ValueError(f"{text[:30]!r} is no format of ours; write words:N or one of {', '.join(TYPES)}")


Format = Annotated[str, AfterValidator(_format)]
Choice = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Whole = Annotated[int, Field(ge=-(10**15), le=10**15)]
Names = Annotated[tuple[Code, ...], AfterValidator(lambda names: tuple(sorted(set(names))))]
"""Names whose order says nothing: they are kept in one order, so that the same content has one digest."""


class QuestionSchema(Value):
    """The schema of one question's answer."""

    type: Literal["string", "integer", "boolean", "array", "object"]
    format: Format | None = Field(default=None, exclude_if=is_none)
    enum: Annotated[tuple[Choice, ...] | None, Field(min_length=1, max_length=100)] = None
    const: bool | Whole | Choice | None = None
    minimum: Whole | None = None
    maximum: Whole | None = None
    most_signs: Annotated[int, Field(ge=1, le=2000)] | None = Field(default=None, alias="maxLength")
    least_items: Annotated[int, Field(ge=0, le=500)] | None = Field(default=None, alias="minItems")
    most_items: Annotated[int, Field(ge=1, le=500)] | None = Field(default=None, alias="maxItems")
    items: QuestionSchema | None = None
    properties: dict[Code, QuestionSchema] | None = None
    required: Names = Field(default=(), exclude_if=is_empty)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for fault in self._misfits():
            raise ValueError(fault)
        return self

    def _misfits(self) -> Iterator[str]:
        needed = TYPES.get(self.format or "", "string")
        if self.format is not None and self.type != needed:
            yield f"the format {self.format} is given as {needed}, not as {self.type}; write type {needed}"
        if self.type == "array" and self.format is None and self.items is None:
            yield "a list says what stands in it; add items, or a format such as people"
        if self.type == "object" and self.format is None and self.properties is None:
            yield "an object says its fields; add properties, or a format such as party"
        keywords = {"integer": {"minimum", "maximum"}, "array": {"items", "least_items", "most_items"},
                   "object": {"properties", "required"}, "string": {"most_signs"}}.get(self.type, set())  # fmt: skip
        limits = {"minimum", "maximum", "items", "least_items", "most_items", "properties", "required", "most_signs"}
        for name in sorted(limits - keywords):
            if getattr(self, name) not in (None, ()):
                yield f"{KEYWORDS.get(name, name)} says nothing of {self.type}; remove it"
        yield from self._bounds()

    def _bounds(self) -> Iterator[str]:
        pairs = ((self.minimum, self.maximum), (self.least_items, self.most_items))
        if any(least is not None and most is not None and least > most for least, most in pairs):
            yield "the least is above the most; exchange them"
        if self.enum is not None and (self.type != "string" or len(set(self.enum)) < len(self.enum)):
            yield "the choices are text, each named once"
        if stray := set(self.required) - set(self.properties or {}):
            yield f"required names {sorted(stray)[0]}, which is no field here"

    @property
    def choices(self) -> tuple[str, ...]:
        """The codes that may be chosen, one or several."""
        return self.enum or (self.items.enum if self.items is not None else None) or ()

    @property
    def longest(self) -> int:
        """The most signs of its answer, where it is one line."""
        return self.most_signs or MOST_SIGNS

    @property
    def most_words(self) -> int | None:
        """The most words of its answer, where it is such text."""
        return int((self.format or "").partition(":")[2]) if (self.format or "").startswith("words:") else None

    def could_be(self, answer: Any) -> bool:
        """True if an answer is possible, as far as a condition on it may ask."""
        if self.type == "boolean":
            return isinstance(answer, bool)
        return self.type == "string" and isinstance(answer, str) and answer in (self.enum or ())


KEYWORDS: Final = {"most_signs": "maxLength", "least_items": "minItems", "most_items": "maxItems"}
"""The names of fields in JSON Schema, where they differ."""


class QuestionsSchema(Value):
    """The schema of a whole set of answers."""

    type: Literal["object"]
    properties: Annotated[dict[Code, QuestionSchema], Field(min_length=1, max_length=200)]
    required: Names = Field(default=(), exclude_if=is_empty)
