"""The Python processes that are measured; each is run with ``python -m``."""
