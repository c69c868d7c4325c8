"""Parts of tools/dev.py and tools/wheels.py; standard library only."""
