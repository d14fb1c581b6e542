"""Examples of what another project can lift out of Accord. Nothing of Accord imports them."""
