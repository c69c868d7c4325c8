"""Finished distributions: what is in them, and how they are made, repaired and tried."""
