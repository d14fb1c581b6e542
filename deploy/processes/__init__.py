"""The processes that run all day: one table of them, and what is made from it for whoever deploys them."""
