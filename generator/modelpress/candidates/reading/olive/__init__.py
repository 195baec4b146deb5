"""Olive's runs, workflow files and zips."""
