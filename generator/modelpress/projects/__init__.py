"""Projects that are kept: made once from a skeleton, then edited by people."""
