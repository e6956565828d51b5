"""What the system tests share: a shop on a real server, a gate that stops it at a chosen step, a dump of its books."""
