"""The names of places in France and what tells them apart: what `places` stands on."""
