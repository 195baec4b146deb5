"""Locked requirements: every package of an environment with its version and hashes."""
