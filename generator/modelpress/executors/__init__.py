"""Executors: plan, then do exactly that."""
