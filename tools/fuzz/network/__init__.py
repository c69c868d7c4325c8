"""Hostile clients over TCP against a server of ours; see ``python tools/fuzz/network --help``."""
