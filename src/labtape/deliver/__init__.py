"""The `deliver` room."""
