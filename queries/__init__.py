"""ASK: SQL that anyone can read. One file, one question."""
