"""An extension of Sphinx: a warning for each public name that the reference does not describe."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from public_names import is_described, public

logger = logging.getLogger(__name__)


def check(_: Sphinx, env: BuildEnvironment) -> None:
    """Look for each name among those that may be linked to."""
    described = env.domains["py"].data["objects"].keys() | env.domains["py"].data["modules"].keys()
    ours = {name for name in described if name.startswith("aiopvxs")}
    for path in public():
        if not is_described(path, ours):
            logger.warning("%s is public, and nowhere in docs/reference", path)


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask to be called when everything has been read."""
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
