"""The grantee's door as staff read it: the inbox, a submission, and the links that stand."""
