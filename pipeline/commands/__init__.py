"""The commands of `vigie`, by what the user is about. Each module has `register(app)`."""
