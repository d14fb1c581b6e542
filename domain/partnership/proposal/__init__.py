"""The proposal: submitted, amended, returned, and what an amendment changes and tells."""
