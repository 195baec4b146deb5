"""What a model is: its signature and its files, read without its weights."""
