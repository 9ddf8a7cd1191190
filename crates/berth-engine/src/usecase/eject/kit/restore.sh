#!/bin/sh
# Makes the database of the dump on the first start, by a server that nobody else reaches.
# Cut off in the middle, it begins anew.
set -eu
dump=/eject/data/database.dump
done=/eject/data/postgres/restored

if [ -e "$done" ]; then
    exit 0
fi
rm -rf "$PGDATA"
initdb --pgdata="$PGDATA" --username=postgres --encoding=UTF8 --locale-provider=libc \
    --locale=C.UTF-8 --data-checksums --auth-local=trust --auth-host=scram-sha-256 --no-instructions
# As long as nobody else is there: this server has no address, and its socket is in this container.
echo 'local all all trust' > "$PGDATA/pg_hba.conf"
pg_ctl --pgdata="$PGDATA" --wait --silent \
    --options="-c listen_addresses= -c unix_socket_directories=/tmp -c fsync=off" start

psql --host=/tmp --username=postgres --dbname=postgres --no-psqlrc --quiet \
    --set=ON_ERROR_STOP=1 --file=/eject/init/roles.sql
# Comments on extensions belong to whoever made those: not to the role that restores.
pg_restore --list "$dump" > /tmp/all
grep -v 'COMMENT - EXTENSION' /tmp/all > /tmp/list
# As the role that owns it, and nobody who could become more than that.
pg_restore --host=/tmp --username="$DATABASE" --dbname="$DATABASE" \
    --use-list=/tmp/list --no-owner --no-privileges --exit-on-error "$dump"
psql --host=/tmp --username=postgres --dbname="$DATABASE" --no-psqlrc --quiet --command=ANALYZE

pg_ctl --pgdata="$PGDATA" --wait --silent --mode=fast stop
printf '%s\n' 'local all all peer' 'host all all all scram-sha-256' > "$PGDATA/pg_hba.conf"
sync
touch "$done"
