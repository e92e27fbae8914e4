"""Hold the checked tables to their source."""
