"""Read a unit of systemd as it is written: keys may stand several times."""

from __future__ import annotations


def entries_of(text: str) -> dict[str, list[tuple[str, str]]]:
    """The entries of each section, in their order."""
    sections: dict[str, list[tuple[str, str]]] = {}
    entries: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("["):
            entries = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            entries.append((key, value))
    return sections
