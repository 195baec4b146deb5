"""Reading candidates: which reader fits a source, and the readers."""
