"""References that a busy INSERT can afford: they are kept by the side that may be deleted, not by the row that is written."""

from odoo import fields
from odoo.tools import SQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION finance_connector_is_referred_to() RETURNS trigger AS $body$
DECLARE
    referred boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I = $1)', TG_ARGV[0], TG_ARGV[1]) INTO referred USING OLD.id;
    IF referred THEN
        RAISE EXCEPTION 'finance_connector: % % is referred to by % and cannot be removed', TG_TABLE_NAME, OLD.id, TG_ARGV[0]
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$body$ LANGUAGE plpgsql
"""

_FOREIGN_KEYS = """
SELECT conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND a.attname = %s
"""


class LightMany2one(fields.Many2one):
    """A Many2one whose row is checked when the other record is deleted, and not when it is written.

    A foreign key locks the row that it refers to (`FOR KEY SHARE`) at each INSERT. All webhooks of a connection would write
    their lock into the same two rows: measured, that is a fifth of the time of a call. Only for records that the code itself
    has just read, and with ``guarded``: whether the other table gets the trigger (not where another foreign key holds it).
    """

    guarded: bool = True

    def update_db_foreign_key(self, model, column):
        """Instead of making the foreign key: drop one that an earlier version made, and guard the other side."""
        cr, table, name = model.env.cr, SQL.identifier(model._table), f"{model._table}_{self.name}_guard"
        cr.execute(_FOREIGN_KEYS, [model._table, self.name])
        for (constraint,) in cr.fetchall():
            cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", table, SQL.identifier(constraint)))
        if not self.guarded:
            return
        cr.execute(_FUNCTION)
        other = SQL.identifier(model.env[self.comodel_name]._table)
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), other))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION finance_connector_is_referred_to(%s, %s)",
                SQL.identifier(name), other, model._table, self.name,
            )
        )  # fmt: skip
