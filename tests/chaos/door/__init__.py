"""Chaos at the grantee's door: its processes and their database are killed while forms are saved and handed in."""
