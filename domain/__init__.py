"""The domain: partnerships, the events that may happen in them, and the rules that apply.

It consists of pure functions over immutable values and uses no clock, input, output, Temporal or database. Commands
carry the time and identifiers, so that every decision can be replayed years later.
"""
