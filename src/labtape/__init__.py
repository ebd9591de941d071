"""labtape: the tape for AI labs."""

from __future__ import annotations

__version__ = "0.1.0"
