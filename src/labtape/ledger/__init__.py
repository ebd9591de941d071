"""The ledger of share claims, set against each other and against the counter itself."""
