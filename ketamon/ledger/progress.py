"""How far a long reading or writing is, for whoever listens; where nobody does, it costs nothing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Listener = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""

TOLD_EACH = 500  # items
READING = 0.4  # of the work on a foreign form, before its samples become entries
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_Item = TypeVar("_Item")


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block `told` tells this listener, in the same thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def told(
    items: Iterable[_Item], count: int, begins: float = 0.0, ends: float = 1.0
) -> Iterable[_Item]:
    """Gives the items, of which there are `count`; they are the work from one share to another."""
    listener = _listener.get()
    return items if listener is None else _telling(items, max(count, 1), begins, ends, listener)


def _telling(
    items: Iterable[_Item], count: int, begins: float, ends: float, listener: Listener
) -> Iterator[_Item]:
    for number, item in enumerate(items):
        if number % TOLD_EACH == 0:
            listener(begins + (ends - begins) * min(number / count, 1.0))
        yield item
    listener(ends)
