"""Shell commands that run a draft edition over recorded decisions."""
