"""From checked tables to tidy tables: pure functions."""
