"""Temporal activities: thin translations between a workflow and the ledger, the registers and the payments.

Activities run at least once, so each is safe to run twice with the same input.
"""
