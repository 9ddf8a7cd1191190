#!/bin/sh
# Gives the folders to the users that PostgreSQL and Odoo run as. Runs as root, on every start.
set -eu
umask 077
mkdir -p /eject/data/postgres /eject/data/odoo
chown -R "$DB_OWNER" /eject/data/postgres /eject/data/database.dump /eject/init
chown -R "$ODOO_OWNER" /eject/data/odoo /eject/odoo
