"""The `web` room."""
