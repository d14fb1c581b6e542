"""The grantee's door in the shell: invitations, and what was handed in."""
