"""From what a person typed to checked tables."""
