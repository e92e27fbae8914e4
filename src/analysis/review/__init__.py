"""Is it the same, and what changed: reproduce, compare, certify."""
