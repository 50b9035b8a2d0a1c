"""Who says what: the grammar that `statements` stands on, and what is said set side by side."""
