"""The client for programs without asyncio: the same verbs, each waiting for its result.

::

    from aiopvxs.sync import Context

    with Context() as ctx:
        print(ctx.get("sim:temperature"))
        ctx.put("sim:setpoint", 21.5)
        for value in ctx.monitor("sim:temperature"):
            print(value)
"""

from ._channel import Channel
from ._context import Context
from ._subscription import Subscription

__all__ = ["Channel", "Context", "Subscription"]
