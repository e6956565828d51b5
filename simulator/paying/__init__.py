"""Worlds of a company that pays its bills through a bank: what the bank does, what goes wrong on the way, and whether every payee
got what is due, once."""
