"""The form of a proposal, without a browser and in one."""
