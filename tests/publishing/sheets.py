"""What a published sheet says, as rows."""

from __future__ import annotations

import csv
import io

from publishing.files import Publication


def rows_of(publication: Publication, name: str) -> list[dict[str, str]]:
    """The rows of a file of a publication."""
    content = next(file.content for file in publication.files if file.name == name)
    return list(csv.DictReader(io.StringIO(content.decode())))
