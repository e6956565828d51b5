"""Many rows as the source of one statement: a few as JSON in a parameter, more copied into a table of the transaction, which
PostgreSQL reads several times as fast. Either way no number becomes a float (INV-5)."""

import csv
import io
import json

from odoo.tools import SQL

from .json_rows import as_json, recordset

# From so many rows on, making a table costs less than reading JSON.
_MANY = 1_000


def row_source(cr, name, columns, rows):
    """``(source, parameters)``: SQL for a FROM, called v, and its parameters.

    ``columns``: pairs of name and type; ``rows``: sequences in their order, in which None, and only None, is NULL: a text is
    never empty. ``name`` names the rows in the transaction; what was copied under it before is gone.
    """
    if len(rows) < _MANY:
        return recordset(columns), [as_json(columns, rows)]
    json_at = [at for at, (_column, kind) in enumerate(columns) if kind == "jsonb"]
    return f"{copied(cr, name, columns, as_text(_with_json(rows, json_at) if json_at else rows))} AS v", []


def as_text(rows):
    """``rows`` as the file that `copied` reads."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    text.seek(0)
    return text


def table_of(name):
    """The table of the transaction that holds rows under ``name``."""
    return f"finance_rows_{name}"


def copied(cr, name, columns, text=None):
    """`table_of` ``name`` with what ``text`` says, or nothing: made when it is not there yet, else emptied."""
    table = table_of(name)
    # Names and types are constants of the code; SQL has no parameters for them.
    definition = SQL(", ").join(SQL("%s " + kind, SQL.identifier(column)) for column, kind in columns)
    cr.execute(SQL("CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DROP", SQL.identifier(table), definition))
    cr.execute(SQL("TRUNCATE %s", SQL.identifier(table)))
    if text:
        cr.copy_expert(f"COPY {table} FROM STDIN (FORMAT csv)", text)
    return table


def _with_json(rows, positions):
    for row in rows:
        row = list(row)
        for at in positions:
            if row[at] is not None:
                row[at] = json.dumps(row[at])
        yield row
