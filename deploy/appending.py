"""Generate the database functions through which tasks append, one for each task, from `domain.recorded.writers`.

`python -m deploy.appending 0009` writes a migration with that number. A release needs one if its tasks may append other
events than before; a test compares the newest such file with the code.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from deploy.migrate import MIGRATIONS
from domain.recorded.schema import NEWEST_FORMS
from domain.recorded.writers import MAY_APPEND, Writer

SUFFIX: Final = "_appending.sql"

_HEAD: Final = """\
-- Who may append what: one function for each task, granted to it alone, with the kinds of stream, the types of event
-- and their newest forms that it may write. Made by `python -m deploy.appending NUMBER` from domain/recorded/writers.py
-- and domain/partnership/events.py; once released, another number is made of them.

CREATE SCHEMA IF NOT EXISTS appending AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA appending TO accord_reader;
"""

_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION appending.{writer}(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the {writer} may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= {newest} AND ({allowed}), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the {writer} may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.{writer} TO accord_{writer};
"""


def migration() -> str:
    """Return the SQL text of a migration that creates the append functions of all tasks."""
    newest = _newest()
    functions = "".join(_FUNCTION.format(writer=one, allowed=_allowed(one), newest=newest) for one in Writer)
    return f"{_HEAD}{functions}RESET ROLE;\n"


def _newest() -> str:
    """Return an SQL expression for the newest schema version of the event type in `e.type`."""
    later = "".join(f" WHEN '{kind}' THEN {form}" for kind, form in sorted(NEWEST_FORMS.items()) if form > 1)
    return f"CASE e.type{later} ELSE 1 END" if later else "1"


def _allowed(writer: Writer) -> str:
    kinds = [
        f"(e.stream ~ '{kind}' AND e.type IN (\n{_wrapped(sorted(types))}))"
        for kind, types in MAY_APPEND[writer].items()
    ]
    return "\n        OR ".join(kinds)


def _wrapped(types: list[str]) -> str:
    lines = [""]
    for one in types:
        quoted = f"'{one}', "
        if len(lines[-1]) + len(quoted) > 100:
            lines.append("")
        lines[-1] += quoted
    return "\n".join(" " * 16 + line.rstrip() for line in lines).rstrip(",")


def newest(folder: Path = MIGRATIONS) -> Path:
    """Return the generated migration with the highest number, whose functions are in force."""
    return max(folder.glob(f"*{SUFFIX}"))


def write(number: str, folder: Path = MIGRATIONS) -> None:
    """Write the generated migration, under a number, into the folder of migrations."""
    (folder / f"{number}{SUFFIX}").write_text(migration(), "utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
