"""The form of a proposal: pages of questions over a draft, what is still needed, and the way to the key."""
