"""Versions, ranges, changelogs and tags of the three packages; parts of tools/bump.py and its neighbours."""
