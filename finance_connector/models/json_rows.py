"""Many rows as one parameter of a statement: JSON, which Python writes and PostgreSQL reads much faster than a long list
of values. Numbers travel as text, so that none becomes a float on the way (INV-5)."""

import json


def recordset(columns):
    """The SQL source `json_to_recordset(%s) AS v (...)`; ``columns``: pairs of name and type."""
    return f"json_to_recordset(%s) AS v ({', '.join(f'{name} {kind}' for name, kind in columns)})"


def as_json(columns, rows):
    """The parameter for `recordset`: ``rows`` are sequences in the order of ``columns``; Decimal, datetime and date are
    written as text, and the value of a jsonb column as it is."""
    names = [name for name, _kind in columns]
    return json.dumps([dict(zip(names, row, strict=True)) for row in rows], default=str)
