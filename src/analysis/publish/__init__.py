"""From executed notebooks to what people open: site, PDF, search, exports."""
