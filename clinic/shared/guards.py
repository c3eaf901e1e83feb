"""What the database itself refuses, derived from the models: run after every migration and for every new clinic."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from clinic.shared.models import AppendOnly

REFUSE = """
CREATE OR REPLACE FUNCTION ext.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One door for erasure and restore: the table's owner, in a transaction that says so.
    IF current_setting('clinic.maintenance', true) = 'on'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are written once', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

EXTENSIONS = """
CREATE SCHEMA IF NOT EXISTS ext;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA ext;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ext;
"""

# The Persian alphabet in its own order, after which ORDER BY ... COLLATE "C" is right without ICU.
ALPHABET = "آاأإبپتثجچحخدذرزژسشصضطظعغفقکكگلمنوؤهةیيئء"
FA_KEY = """
CREATE OR REPLACE FUNCTION ext.fa_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(lower(value), '{letters}', '{codes}')
$$;
"""


def shared_sql() -> str:
    """What the database needs once: extensions and helpers in `ext`."""
    folded = {"أ": "ا", "إ": "ا", "ك": "ک", "ؤ": "و", "ة": "ه", "ي": "ی", "ئ": "ی"}
    order = {letter: chr(0xE000 + place) for place, letter in enumerate(ALPHABET)}
    codes = "".join(order[folded.get(letter, letter)] for letter in ALPHABET)
    return EXTENSIONS + REFUSE + FA_KEY.format(letters=ALPHABET, codes=codes)


def written_once(labels: set[str]) -> Iterator[type[models.Model]]:
    """The models whose rows are never changed: AppendOnly ones and every history table."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in labels or not model._meta.managed:
            continue
        if issubclass(model, AppendOnly) or hasattr(model, "history_id"):
            yield model


def schema_sql(labels: set[str]) -> str:
    """Triggers and rights of one schema; safe to run again. The schema must be first in the path."""
    statements = []
    tables = [model._meta.db_table for model in written_once(labels)]
    for table in tables:
        statements.append(
            f'CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION ext.refuse_change();"
        )
        statements.append(
            f'CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION ext.refuse_change();"
        )
    for model in apps.get_models():
        if model._meta.app_label in labels:
            own = getattr(model, "GUARD_SQL", [])
            statements.extend(own() if callable(own) else own)
    return "\n".join(statements)


def rights_sql(schema: str, labels: set[str], *, app: str, reader: str) -> str:
    """What the app and reader roles may do in one schema: the app may not touch rows that are written once."""
    once = [f'"{schema}"."{model._meta.db_table}"' for model in written_once(labels)]
    lines = [
        f'GRANT USAGE ON SCHEMA "{schema}" TO {app}, {reader};',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema}" TO {app};',
        f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "{schema}" TO {app};',
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {reader};',
    ]
    if once:
        lines.append(f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(once)} FROM {app};")
    return "\n".join(lines)
