"""The `story` room."""
