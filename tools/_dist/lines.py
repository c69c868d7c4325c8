"""The lines of pvxs, from the one place that knows them: the metadata of the core."""

from __future__ import annotations

import sys

from _dev.places import ROOT

__all__ = ["LINES", "VARIABLE", "Line"]

sys.path.append(str(ROOT / "packages" / "aiopvxs-core" / "cmake"))
from pvxs_line import LINES, VARIABLE, Line
