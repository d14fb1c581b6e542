"""A grantee's reports, and the people who accept them."""
