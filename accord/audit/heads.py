"""The versions of the streams on which a verdict rests."""

from __future__ import annotations

from collections.abc import Mapping


class Heads(dict[str, int]):
    """The version of each stream as it was first read: reading it again does not hide that it moved in between."""

    def __setitem__(self, stream: str, version: int) -> None:
        """Remember the version at which a stream was read."""
        super().__setitem__(stream, min(version, self.get(stream, version)))

    def add(self, versions: Mapping[str, int]) -> None:
        """Note the versions of several streams."""
        for stream, version in versions.items():
            self[stream] = version
