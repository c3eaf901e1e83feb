#!/bin/sh
# Passwords come from the environment; the file that PgBouncer wants exists in memory only.
set -eu
umask 077
printf '"clinic_app" "%s"\n"clinic_reader" "%s"\n' "$APP_PASSWORD" "$READER_PASSWORD" > /tmp/userlist.txt
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
