"""Meeting another worker: the transaction is rolled back and the step done again on a fresh snapshot, a few times."""

import logging
import random
import time

from .inbox import CONCURRENCY

_logger = logging.getLogger(__name__)
CONFLICTS_IN_A_ROW = 5


def patiently(env, step, *values):
    """What ``step(*values)`` returns; after a conflict with another worker it is called again. Raises the sixth conflict.

    ``step`` must begin right after a commit and read anew whatever it decides on, for a conflict rolls back all of it.
    """
    conflicts = 0
    while True:
        try:
            return step(*values)
        except CONCURRENCY:
            env.cr.rollback()
            conflicts += 1
            if conflicts > CONFLICTS_IN_A_ROW:
                raise
            _logger.debug("Met another worker, conflict %s in a row", conflicts)
            time.sleep(random.uniform(0, 0.05 * 2**conflicts))  # noqa: S311 (spreads workers, no secret)
