"""Documents that have a life and a content: their status moves, what they say stays as it was written."""


def kept(table: str, *columns: str, once: str = "TRUE") -> list[str]:
    """SQL of a table whose rows are never deleted and keep these columns, from when the condition `once` held.

    The refusal is that of rows written once, so erasure and restore have the same one door.
    """
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    refuse = "EXECUTE FUNCTION ext.refuse_change();"
    when = f"FOR EACH ROW WHEN (({once}) AND ({changed}))"
    return [
        f"CREATE OR REPLACE TRIGGER keep_document BEFORE UPDATE ON {table} {when} {refuse}",
        f"CREATE OR REPLACE TRIGGER keep_row BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]
