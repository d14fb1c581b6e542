"""Lists of partnerships of before, as their books claim them: nothing of it was checked, and nothing is decided."""
