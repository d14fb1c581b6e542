"""Publishers and their formats: one module per publisher."""
