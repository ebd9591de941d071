"""The faults of the web on loopback, and the tests that labtape survives them: see docs/hostile.md."""
