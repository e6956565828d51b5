"""When to try again: exponential backoff with full jitter, and when to stop (INV-9, INV-14)."""

# Attempts before a message or a call is given up as dead; with the delays below the last one comes after
# about an hour.
MAX_ATTEMPTS = 10
BASE_SECONDS = 5
CAP_SECONDS = 3600
# The longest wait that a provider may ask for; a header that asks for more is taken as this much.
RETRY_AFTER_CAP_SECONDS = 86400


def next_delay(attempt, rng, base=BASE_SECONDS, cap=CAP_SECONDS, retry_after=None):
    """Seconds to wait after the failed attempt number ``attempt`` (the first is 1): a float.

    Between 0 and ``base * 2**(attempt - 1)``, at most ``cap``: the whole range is drawn from ``rng`` (a
    random.Random), so that calls which failed together do not come back together. When the provider named
    ``retry_after`` seconds, the wait is at least that long (up to RETRY_AFTER_CAP_SECONDS) and at most
    ``base`` longer. Raises ValueError for an attempt below 1.
    """
    if attempt < 1:
        raise ValueError(f"Attempts are counted from 1, got {attempt!r}.")
    if retry_after is not None and retry_after > 0:
        return min(retry_after, RETRY_AFTER_CAP_SECONDS) + rng.uniform(0, base)
    # The exponent is bounded because 2.0 ** 1024 overflows; any cap in use is reached long before.
    return rng.uniform(0, min(cap, base * 2 ** min(attempt - 1, 64)))


def is_exhausted(attempts, limit=MAX_ATTEMPTS):
    """Whether ``attempts`` failed ones are all that may be made."""
    return attempts >= limit
