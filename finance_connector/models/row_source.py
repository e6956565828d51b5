"""Many rows as the source of one statement: a few as JSON in a parameter, more copied into a table of the transaction, which
PostgreSQL reads several times as fast. Either way no number becomes a float (INV-5)."""

import csv
import io
import json

from odoo.tools import SQL

from .json_rows import as_json, recordset

# From so many rows on, making a table costs less than reading JSON.
_MANY = 1_000
# Characters that are handed over at once: whoever reads on in another thread is interrupted each time.
_AT_ONCE = 64 * 1024 * 1024


def row_source(cr, name, columns, rows):
    """``(source, parameters)``: SQL for a FROM, called v, and its parameters.

    ``columns``: pairs of name and type; ``rows``: sequences in their order, in which None, and only None, is NULL: a text is
    never empty. ``name`` names the rows in the transaction; what was copied under it before is gone.
    """
    if len(rows) < _MANY:
        return recordset(columns), [as_json(columns, rows)]
    make_table(cr, name, columns)
    copy_into(cr, name, as_text(_with_json(columns, rows)))
    return f"{table_of(name)} AS v", []


def copy_rows(cr, table, columns, rows):
    """Write ``rows`` into ``table``, a name that the code has; ``columns`` and ``rows`` as for `row_source`."""
    names = ", ".join(name for name, _kind in columns)
    cr.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)", as_text(_with_json(columns, rows)))


def as_text(rows):
    """``rows`` as the file that `copy_into` reads."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    text.seek(0)
    return text


def table_of(name):
    """The table of the transaction that holds rows under ``name``."""
    return f"finance_rows_{name}"


def make_table(cr, name, columns):
    """Make `table_of` ``name``, or empty the one that is there."""
    # Names and types are constants of the code; SQL has no parameters for them.
    table = SQL.identifier(table_of(name))
    definition = SQL(", ").join(SQL("%s " + kind, SQL.identifier(column)) for column, kind in columns)
    cr.execute(SQL("CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DROP; TRUNCATE %s", table, definition, table))


def copy_into(cr, name, text):
    """Add the rows of ``text`` (`as_text`), which is read at once, to `table_of` ``name``."""
    cr.copy_expert(f"COPY {table_of(name)} FROM STDIN (FORMAT csv)", text, size=_AT_ONCE)


def _with_json(columns, rows):
    """The rows, with the values of jsonb columns as text."""
    json_at = [at for at, (_column, kind) in enumerate(columns) if kind == "jsonb"]
    return _as_json_at(rows, json_at) if json_at else rows


def _as_json_at(rows, positions):
    for row in rows:
        row = list(row)
        for at in positions:
            if row[at] is not None:
                row[at] = json.dumps(row[at])
        yield row
