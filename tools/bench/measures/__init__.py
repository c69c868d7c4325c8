"""The measurements, in the order of the table: each module has ``rows(bench, clients)``."""
