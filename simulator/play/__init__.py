"""Plays worlds on a real Odoo database, and compares what came out with the truth."""
