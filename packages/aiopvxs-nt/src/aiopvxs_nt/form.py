"""Forms in which a number is to be shown."""

from enum import IntEnum

__all__ = ["Form"]


class Form(IntEnum):
    """The field ``display.form``."""

    DEFAULT = 0
    STRING = 1
    BINARY = 2
    DECIMAL = 3
    HEX = 4
    EXPONENTIAL = 5
    ENGINEERING = 6

    @property
    def choice(self) -> str:
        """The text that it has among ``display.form.choices``."""
        return self.name.capitalize()
