"""The outcome of an import as one JSON object, for ``import_purchases --json`` and the reports of watched folders
(docs/imports.md#without-a-person).
"""

from typing import Any

from licences.imports import queries
from licences.models import FileImport


def import_json(file_import: FileImport) -> dict[str, Any]:
    """The outcome of an import as JSON values, by name, for commands, the API and reports.

    ``rejected`` has one object per problem, in the order of the file. ``new_serials`` and ``new_customers`` are null
    where no row was judged. ``encoding`` is null for a workbook. ``failure`` is the code of the refusal of a file that
    cannot be read, else null.
    """
    format = file_import.format
    was_judged = bool(file_import.counts)
    return {
        "import": file_import.pk,
        "file": file_import.file_name,
        "state": str(file_import.state),
        "failure": file_import.failure.get("code"),
        "counts": file_import.counts,
        "new_serials": file_import.new_serials if was_judged else None,
        "new_customers": file_import.new_customers if was_judged else None,
        "to_confirm": queries.rows_to_confirm(file_import),
        "unusual_quantities": format.get("unusual_quantities") or {"count": 0, "rows": []},
        "encoding": format.get("encoding") or None,
        "header_row": format.get("header_row"),
        "profile": format.get("profile") or None,
        "skipped_rows": format.get("skipped_rows", []),
        "unknown_columns": format.get("unknown_columns", []),
        "rejected": [
            {"row": row.row, "column": column, "reason": code}
            for row in (queries.rejected_rows(file_import).iterator(chunk_size=2_000) if file_import.pk else ())
            for column, _value, code, _parameters in row.problems
        ],
    }
