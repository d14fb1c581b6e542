"""The protocol's own models, which refuse a property that they do not know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from publishing.files import Publication


def documents(publication: Publication) -> list[dict[str, Any]]:
    """The award documents of a publication."""
    return list(page(publication)["items"])


def page(publication: Publication) -> dict[str, Any]:
    """The page of awards, as it is written."""
    [file] = publication.files
    return dict(json.loads(file.content))


def model(name: str) -> Any:
    """A model of the protocol, such as `models.AwardBase`."""
    module, _, kind = name.rpartition(".")
    found = pytest.importorskip(
        f"common_grants_sdk.schemas.pydantic.{module}", reason="common-grants-sdk is not installed: make .venv/.dev"
    )
    return getattr(found, kind)


def require_awards(all_documents: list[dict[str, Any]]) -> None:
    """Fail unless the protocol's model takes each document, and writes it again as it is."""
    award = model("models.AwardBase")
    for document in all_documents:
        read = award.model_validate(document)
        again = read.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for moment in ("createdAt", "lastModifiedAt"):
            again[moment] = again[moment].replace("Z", "+00:00")
        assert again == document
