"""Stops the server at a chosen step, so that it can be killed exactly there.

A trigger on a table waits for an advisory lock that the test holds. The step is between "the statement was sent" and
"it was committed": the moment at which a crash leaves the most undone.
"""
from __future__ import annotations

import time

from fc_env import database

_LOCK = 7_041_990
_CREATE = """
CREATE SEQUENCE fc_gate_count;
CREATE FUNCTION fc_gate() RETURNS trigger AS $$ BEGIN
    IF nextval('fc_gate_count') = {nth} THEN PERFORM pg_advisory_xact_lock({lock}); END IF; RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER fc_gate AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION fc_gate()
"""
_REMOVE = "DROP TRIGGER fc_gate ON {table}; DROP FUNCTION fc_gate(); DROP SEQUENCE fc_gate_count"
_WAITING = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database() AND l.objid = %s
"""


class Gate:
    """``with Gate(database, "finance_movement", nth=3) as gate``: the third row written there waits.

    ``event`` is INSERT or UPDATE. Leaving the block ends whoever waits, as a dead client's statement would end, and
    takes the gate away.
    """

    def __init__(self, name: str, table: str, event: str = "INSERT", nth: int = 1):
        self.name, self.table, self.event, self.nth = name, table, event, nth

    def __enter__(self) -> Gate:
        self._holder = database.connect(self.name)
        self._cursor = self._holder.cursor()
        self._cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        self._cursor.execute(_CREATE.format(table=self.table, event=self.event, nth=self.nth, lock=_LOCK))
        return self

    def wait(self, seconds: float = 60) -> None:
        """Wait until the server stands at the gate. Raises AssertionError when it never comes."""
        deadline = time.monotonic() + seconds
        while not self._waiting():
            assert time.monotonic() < deadline, f"nothing came to the gate on {self.table} within {seconds} s"
            time.sleep(0.02)

    def _waiting(self) -> list[int]:
        self._cursor.execute(_WAITING, [_LOCK])
        return [row[0] for row in self._cursor.fetchall()]

    def __exit__(self, *_error) -> None:
        for pid in self._waiting():
            self._cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        self._cursor.execute(_REMOVE.format(table=self.table))
        self._holder.close()
