"""What people read and type: lists, forms, words, times, and the faults that they are told."""
