"""The account that pays: what stands on it, what a file leaves there, and what of that is restricted."""
