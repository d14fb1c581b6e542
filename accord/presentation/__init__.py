"""The texts that people read and type: lists, forms, words, times, and faults."""
