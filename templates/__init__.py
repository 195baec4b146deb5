"""The built-in template sets, one folder each."""
