"""Screening against the sanctions lists in force, and detection of changes since an earlier screening."""
