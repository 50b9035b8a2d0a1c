"""Whose text an article prints: what `stories` stands on."""
