"""The approval: a referral cleared, a quorum, and the sums that are decided together."""
