"""The `train` room."""
