"""A storm over one fund: many approvals at once, while everything that records them is killed."""
