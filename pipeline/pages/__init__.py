"""What a page says: the readers that `extract` puts together."""
