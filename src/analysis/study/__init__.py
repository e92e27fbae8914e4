"""From what a person transcribed to tables that are read, checked and verified."""
