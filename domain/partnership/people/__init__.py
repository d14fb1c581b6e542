"""The people in a partnership: parts that exclude each other, and those who could act."""
