"""What the outside would send of a world: one module for each provider's dialect and for each format of a bank."""
