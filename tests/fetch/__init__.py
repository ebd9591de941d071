"""The fetch room against a real server."""
