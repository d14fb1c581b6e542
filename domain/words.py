"""Words that are sealed whole, because they may name anybody: people's words on parties and money (rules 4.1)."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.values import Printable, Sentence, Value, is_empty

Said = Annotated[str, StringConstraints(max_length=500), Printable]
"""Words that may be erased: whatever form they had, they are read as text."""


class Words(Value):
    """The words on a truth, sealed whole under its own key. `of` is the truth's id, and stands in clear."""

    of: UUID
    what: Sentence
    source: Annotated[Said, Field(exclude_if=is_empty)] = ""
    """The source of the knowledge, or the person."""
    paper: Annotated[Said, Field(exclude_if=is_empty)] = ""
    """The paper, and its keeper."""
    names: Annotated[tuple[Said, ...], Field(max_length=40, exclude_if=is_empty)] = ()
    """The names of the organisation that it is about."""
    ein: Annotated[Said, Field(exclude_if=is_empty)] = ""
    numbers: Annotated[tuple[Said, ...], Field(max_length=20, exclude_if=is_empty)] = ()
    """Its numbers in other registers, each as `scheme number`."""
    person: Annotated[Said, Field(exclude_if=is_empty)] = ""
    """The person that it is about."""

    @property
    def subject(self) -> str:
        """The name of the key that seals the words.

        It begins with the person's name, so that they are found to be erased.
        """
        return ", ".join(filter(None, (self.person, f"truth {self.of}")))


SEALED_FIELDS: Final = tuple(name for name in Words.model_fields if name != "of")
"""The fields of `Words` that are sealed."""
