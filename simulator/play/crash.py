"""Crashes at commit points and statements of a run: what PostgreSQL or a killed process would do, done for real.

A refusal is raised by the server itself, so that the transaction is as broken as it would be; a kill ends the run
with an error that no handler catches, and takes the connection with it.
"""
from __future__ import annotations

import contextlib

import psycopg2

_RAISED = {"serialization": "40001", "deadlock": "40P01"}


class Killed(BaseException):
    """The process died here."""


@contextlib.contextmanager
def crashing(kind: str, point: int):
    """Within the block the ``point``-th commit (for kills and cuts) or every ``point`` * 7-th statement brings ``kind``.

    Yields a list that holds the kind once it has happened.
    """
    from odoo.sql_db import Cursor

    happened: list[str] = []
    commit, execute = Cursor.commit, Cursor.execute
    counts = {"commit": 0, "execute": 0}

    def dying_commit(cursor):
        counts["commit"] += 1
        if kind in ("kill_before_commit", "kill_after_commit", "disconnect") and counts["commit"] == point:
            happened.append(kind)
            if kind == "disconnect":
                _cut(cursor)
            elif kind == "kill_after_commit":
                commit(cursor)
            if kind != "disconnect":
                raise Killed
        return commit(cursor)

    def failing_execute(cursor, query, params=None, log_exceptions=True):
        counts["execute"] += 1
        if counts["execute"] == point * 7 and kind in (*_RAISED, "error"):
            happened.append(kind)
            if kind == "error":
                raise RuntimeError("an error in the middle of the code")
            execute(cursor, f"DO $$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = '{_RAISED[kind]}'; END $$",
                    log_exceptions=False)
        return execute(cursor, query, params, log_exceptions)

    Cursor.commit, Cursor.execute = dying_commit, failing_execute
    try:
        yield happened
    finally:
        Cursor.commit, Cursor.execute = commit, execute


def _cut(cursor) -> None:
    """End the server's side of the connection, as a restart of PostgreSQL does."""
    other = psycopg2.connect(cursor._cnx.dsn)
    try:
        other.autocommit = True
        with other.cursor() as administrator:
            administrator.execute("SELECT pg_terminate_backend(%s)", [cursor._cnx.get_backend_pid()])
    finally:
        other.close()
