"""The grantee's submissions for staff: the act that each becomes, and its answers in words."""
