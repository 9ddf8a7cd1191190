-- Where a request over TCP came from.
-- Older code runs beside it: it does not listen on TCP, and writes no address.

-- NULL: it came from this host, or nobody asked.
ALTER TABLE audit ADD COLUMN address {text};
