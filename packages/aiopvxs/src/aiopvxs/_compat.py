"""The check, at import, that the installed core fits this version."""

from aiopvxs_core.require import require_api

#: The level of the binding that this package is written for.
REQUIRED_API_LEVEL = 4

require_api(REQUIRED_API_LEVEL, "aiopvxs")
