-- Captures whose bytes are no longer kept are marked.
ALTER TABLE captures ADD COLUMN IF NOT EXISTS withheld BOOLEAN DEFAULT false;
