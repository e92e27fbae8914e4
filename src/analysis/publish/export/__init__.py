"""A study for other tools: one module a format, and the folder that holds them all."""
