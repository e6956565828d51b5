"""Pure decisions of the connector: money, lifecycle, matching, retry, hashing. Nothing here imports Odoo."""
