"""Parts of tools/check_stubs.py."""
