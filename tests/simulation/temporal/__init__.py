"""Temporal in one process: the SDK's own workflow instances, and a server of a few hundred lines that drives them.

Nothing of a workflow is imitated: its code runs on the SDK's event loop, which is given the same activations that the
SDK's core gives it. What is imitated is the server.
"""
