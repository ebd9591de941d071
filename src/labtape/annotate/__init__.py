"""The `annotate` room."""
