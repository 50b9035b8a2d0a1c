"""How often the readers are right, on sets that people marked."""
