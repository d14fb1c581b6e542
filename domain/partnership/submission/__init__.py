"""The grantee's door as staff use it: who is invited to which form, and what is done with what was handed in."""
