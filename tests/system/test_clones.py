"""A copy of a database is as durable as any other: what it has given out is not given out again after a crash."""
import os
from contextlib import closing

import pytest

from fc_env import database

# PostgreSQL logs so many values of a sequence ahead.
AHEAD = 32


@pytest.fixture
def copied(template):
    name = f"fc_sys_clone_{os.getpid()}"
    database.clone(template, name)
    with closing(database.connect(name)) as connection, connection.cursor() as cursor:
        yield cursor
    database.drop(name)


def test_the_first_value_of_a_sequence_is_logged_by_the_copy_itself(copied):
    """What the source has logged ahead (log_cnt) is in no log of the copy: a crash would bring such values back."""

    def ahead(sequence):
        copied.execute(f'SELECT log_cnt FROM "{sequence}"')
        return copied.fetchone()[0]

    copied.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
    used = [sequence for (sequence,) in copied.fetchall() if 0 < ahead(sequence) < AHEAD]
    assert used
    for sequence in used:
        copied.execute("SELECT nextval(%s)", [f'"{sequence}"'])
    assert {ahead(sequence) for sequence in used} == {AHEAD}
