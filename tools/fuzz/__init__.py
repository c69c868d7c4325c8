"""Random operations with hostile arguments on values of random types; see ``python tools/fuzz --help``."""
