"""The `batch` room."""
