"""The `text` room."""
