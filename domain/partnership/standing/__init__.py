"""The state of a partnership: its fields, and its questions, people and money as they follow from them."""
