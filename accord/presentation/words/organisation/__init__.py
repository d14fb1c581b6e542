"""The words of the organisation's acts on itself: its directory, its funds, its editions."""
