"""`python -m labtape` is `labtape`."""

from __future__ import annotations

from labtape.cli import main

if __name__ == "__main__":
    main()
