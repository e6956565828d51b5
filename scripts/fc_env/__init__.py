"""The private environment of the repository: Odoo 19, Python packages, PostgreSQL and databases, all under .cache/."""
