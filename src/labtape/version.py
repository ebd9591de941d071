"""The version of labtape, as records and requests carry it."""

__version__ = "0.4.0"
