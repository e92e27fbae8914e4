"""What a page shows beside figures: tables, evidence cards, the data dictionary, as safe HTML."""
