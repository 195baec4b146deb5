"""Proving what was rendered: by its hashes, by loading its models, by building and running its samples."""
