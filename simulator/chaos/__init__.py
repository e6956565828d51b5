"""Chaos on real processes: an Odoo server with several workers under load, whose processes and database are killed."""
