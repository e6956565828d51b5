"""Making the next piece while the one before is taken up: PostgreSQL works while Python reads."""

from concurrent.futures import ThreadPoolExecutor


def read_ahead(pieces):
    """Iterate over ``pieces``; a thread makes the next one meanwhile, so whatever makes them must be pure. What it raises is
    raised here, where its piece would have come."""
    pieces = iter(pieces)
    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            yield piece
