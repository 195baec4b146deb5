"""Lists of candidates of one's own: YAML, JSON and CSV."""
