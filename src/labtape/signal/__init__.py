"""The `signal` room."""
