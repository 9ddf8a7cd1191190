-- What decides about broken tenants, and about what is there and belongs to nobody.
-- Older code runs beside it: it leaves the new columns as they are.

-- Of the state `broken`: whether an operator had closed it. 1: only an operator opens it again.
ALTER TABLE tenant ADD COLUMN suspended BIGINT NOT NULL DEFAULT 0;

-- Since when somebody is removing it. NULL: nobody is.
ALTER TABLE orphan ADD COLUMN removing_since BIGINT;
