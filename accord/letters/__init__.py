"""Letters: set from an edition's template over facts, sealed by the house, and confirmed by their codes."""
