"""What the conformance suite must know of each provider: how it signs, what it sends, what that must mean."""
