"""Tests of the room that reads an organisation's own tables."""
