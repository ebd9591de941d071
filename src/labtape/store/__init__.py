"""The `store` room."""
