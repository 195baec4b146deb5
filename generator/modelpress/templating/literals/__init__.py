"""The literals of each language that a template can write a value in."""
