"""Activities that write partnerships of before Accord."""
