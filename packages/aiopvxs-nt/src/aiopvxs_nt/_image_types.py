"""Types of the elements of images, by numpy's kind and item size."""

from __future__ import annotations

__all__ = ["MEMBERS", "ND_DATA_TYPES", "SCALAR_TYPES"]

Kind = tuple[str, int]

#: members of the union
MEMBERS: dict[Kind, str] = {
    ("b", 1): "booleanValue",
    ("i", 1): "byteValue",
    ("i", 2): "shortValue",
    ("i", 4): "intValue",
    ("i", 8): "longValue",
    ("u", 1): "ubyteValue",
    ("u", 2): "ushortValue",
    ("u", 4): "uintValue",
    ("u", 8): "ulongValue",
    ("f", 4): "floatValue",
    ("f", 8): "doubleValue",
}

#: ``codec.parameters`` as it is meant: pvData's ScalarType
SCALAR_TYPES: dict[Kind, int] = {
    ("i", 1): 1,
    ("i", 2): 2,
    ("i", 4): 3,
    ("i", 8): 4,
    ("u", 1): 5,
    ("u", 2): 6,
    ("u", 4): 7,
    ("u", 8): 8,
    ("f", 4): 9,
    ("f", 8): 10,
}

#: ``codec.parameters`` as early versions of NDPluginPvxs wrote it: areaDetector's NDDataType
ND_DATA_TYPES: dict[Kind, int] = {
    ("i", 1): 0,
    ("u", 1): 1,
    ("i", 2): 2,
    ("u", 2): 3,
    ("i", 4): 4,
    ("u", 4): 5,
    ("i", 8): 6,
    ("u", 8): 7,
    ("f", 4): 8,
    ("f", 8): 9,
}
