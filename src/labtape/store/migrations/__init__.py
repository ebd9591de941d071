"""How a database gets from one schema to the next, oldest first; run by `labtape.store.engine`."""
