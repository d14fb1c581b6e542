"""What a simulation finds."""

from __future__ import annotations


class Violation(AssertionError):
    """A promise was broken; the message says which, and by what."""
