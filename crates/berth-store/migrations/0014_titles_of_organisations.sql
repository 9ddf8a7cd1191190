-- What people call an organisation.
-- Older code runs beside it: it neither reads nor writes the column, and knows organisations by their names.

-- NULL: by its name.
ALTER TABLE organisation ADD COLUMN title {text};
