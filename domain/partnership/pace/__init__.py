"""The funder's clock: how long a partnership was with us, and how long with its grantee."""
