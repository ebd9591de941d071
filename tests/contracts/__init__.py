"""What every store, channel or fetcher must do: test classes to subclass with one fixture."""
