"""The `lexicon` room."""
