"""Work on millions of records, none of which is garbage."""

import gc
from contextlib import contextmanager


@contextmanager
def no_collection():
    """No garbage collection inside (a context or a decorator): looking at all records again and again takes a third of the
    time of a matching."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
