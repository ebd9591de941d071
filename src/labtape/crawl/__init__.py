"""Visits to feeds, from "which is due" to "what is kept of it". See docs/crawl.md."""
