"""The `fetch` room."""
