"""The `study` room."""
