"""One module for each schema number."""
