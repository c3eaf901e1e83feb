#!/bin/sh
# Runs once, when the database is made: the owner of the tables, the application, and a reader.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
\getenv reader READER_PASSWORD
CREATE ROLE clinic_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE clinic_app LOGIN PASSWORD :'app';
CREATE ROLE clinic_reader LOGIN PASSWORD :'reader';
GRANT clinic_app, clinic_reader, pg_signal_backend, pg_monitor TO clinic_owner;
CREATE DATABASE clinic OWNER clinic_owner ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8' TEMPLATE template0;
SQL
