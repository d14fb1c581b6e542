"""The grantee's door on the console's pages: the inbox, a submission, its take-over, and invitations."""
