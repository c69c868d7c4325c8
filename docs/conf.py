"""Configuration of Sphinx."""

import sys
from importlib.metadata import version as _version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "aiopvxs"
author = "aiopvxs contributors"
copyright = "aiopvxs contributors"  # noqa: A001 - Sphinx reads this name
release = _version("aiopvxs")
version = ".".join(release.split(".")[:2])

extensions = [
    "every_name",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"aiopvxs {release}"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# builds without a network: cross-references to other projects are plain text
intersphinx_mapping: dict[str, tuple[str, str | None]] = {}

nitpicky = True
# types of other projects, and private ones that only signatures show
nitpick_ignore_regex = [
    (r"py:.*", r"(asyncio|collections|concurrent|datetime|enum|numpy|np|os|types|typing)(\..*)?"),
    (r"py:.*", r"(Any|Awaitable|Callable|Iterable|Iterator|Literal|Mapping|Optional|Sequence|Union)"),
    (r"py:.*", r"(bool|bytes|dict|float|frozenset|int|list|object|optional|set|str|tuple|[A-Z]\w*Error)"),
    (r"py:.*", r"(.*\.)?_\w+(\..*)?"),
    (r"py:.*", r"aiopvxs_core\..*"),
    # aliases and protocols of the annotations
    (
        r"py:class",
        r"(Addresses|Bridge|Carriers|CoreChannel|Decoder|Encoder|Entry|Enum|OnLeave|Options|Runner|Serial|Served)",
    ),
    (
        r"py:class",
        r"(TypeBuilder|TypeCodeLike|Verbs|core\.\w+)",
    ),
    # type variables
    (r"py:class", r"aiopvxs_nt\.\w+\.(C|E|M|T_co)"),
    # napoleon takes what is before the colon of a property's docstring for its type
    (r"py:class", r"(.* .*|EPICS_\w+)"),
]
