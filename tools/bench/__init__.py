"""Benchmarks against C++ pvxs and p4p: ``python tools/bench``."""
