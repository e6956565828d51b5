"""The private environment: Odoo 19, Python packages, PostgreSQL, databases; all in .cache/."""
