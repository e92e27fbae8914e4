"""From notebooks and parameters to executed notebooks."""
