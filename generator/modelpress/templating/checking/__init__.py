"""Checking template sets: as they are written, and by rendering samples."""
