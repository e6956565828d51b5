"""Making the next piece while the one before is taken up: PostgreSQL works while Python reads."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

# Seconds after which the thread that reads lets the other one go on. Python's own 5 milliseconds pass at each answer of
# PostgreSQL, and several times for each COPY.
_TURN, _USUAL_TURN = 0.0005, sys.getswitchinterval()


def read_ahead(pieces):
    """Iterate over ``pieces``; a thread makes the next one meanwhile, so whatever makes them must be pure. What it raises is
    raised here, where its piece would have come."""
    pieces = iter(pieces)
    with ThreadPoolExecutor(max_workers=1) as reader, _short_turns():
        coming = reader.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            yield piece


@contextmanager
def _short_turns():
    """Of all threads of the process, since Python knows no others."""
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL_TURN)
