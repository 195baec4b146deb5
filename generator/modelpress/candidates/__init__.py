"""Reading and ranking candidates."""
