"""The world itself: who buys, what payments do, what providers and banks book; pure, seeded, and its own judge.

It knows the truth as facts and a ledger. What the outside would say of it is for `simulator.dialects`, what goes
wrong on the way for `simulator.faults`.
"""
from .profile import Profile, ProfileError
from .world import World

__all__ = ["Profile", "ProfileError", "World"]
