"""READ, TAG, KEEP, TELL: pure stages from the archive to the reader."""
