from typing import Final

from . import client as client
from . import data as data
from . import log as log
from . import queue as queue
from . import server as server

VERSION: Final[str]
API_LEVEL: Final[int]
API_OLDEST: Final[int]
LINE: Final[int]

def version_str() -> str: ...
def version_int() -> int: ...
def version_abi_int() -> int: ...
def instance_snapshot() -> dict[str, int]:
    """Return how many objects of each of PVXS's internal classes live."""
