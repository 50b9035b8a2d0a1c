"""From the database to the reader: a digest gathered, laid out, sent and noted as told; the report; the schedule."""
