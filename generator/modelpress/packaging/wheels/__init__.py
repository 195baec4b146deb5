"""Python wheels for other computers: fetched through pip, kept by their hashes, pinned in requirements."""
