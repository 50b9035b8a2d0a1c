-- What was asked of each site and what it answered: the account for an editor who complains. One row a host and day.
-- $host: only this host, such as www.lille.fr; every host when null (default: null)
SELECT day, host, requests, bytes, refusals, errors
FROM conduct
WHERE $host IS NULL OR host = $host
ORDER BY day DESC, requests DESC, host
