"""The domain: partnerships, the events that may happen in them, and the rules that apply.

Pure functions over frozen values. No clock, no input or output, no Temporal, no database: time and
identifiers come in with the commands, so that every decision can be replayed years later.
"""
