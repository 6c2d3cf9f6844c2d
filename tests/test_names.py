"""One word, one thing: names that were retired because they meant several things, or nothing to a newcomer, stay out.

Looked for among what the code defines: classes, functions, arguments, variables and modules. Columns, choices and keys
that are stored, and names that others rely on, are not looked at (docs/surface.md).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PACKAGES = ("licences", "customers", "licensing_portal")

# Retired name → what it is called now.
RETIRED = {
    # Types are things
    "Agreed": "ApprovalKey",
    "Answer": "ServerLicence",
    "Compiled": "CompiledQuery",
    "Condition": "ReplicaStatus",
    "Consulted": "FactMatches",
    "Counted": "UsageCounts",
    "Door": "AttemptLimit",
    "Ends": "BatchEnds",
    "Erased": "ErasureResult",
    "Finding": "ItemFinding, LogFinding",
    "Form": "QueryForm",
    "Found": "LookupResult",
    "Frequent": "FrequentProblem",
    "Given": "QueryParameter",
    "Held": "ExceededLimit",
    "Hold": "LimitKind",
    "Holdings": "CustomerRecords",
    "Listed": "SerialSummary",
    "Made": "IssuedCode",
    "Meant": "Interpretation",
    "Merged": "MergeResult",
    "Page": "RowPage",
    "Party": "PurchaseParty",
    "Person": "StaffIdentity",
    "Place": "PagePosition",
    "Problem": "ApiProblem, CellProblem, RowProblem",
    "Proof": "InstallationProof",
    "Raised": "SequenceRaises",
    "Reading": "CellReader",
    "ReadingDesk": "ReadOnlyAdmin",
    "Reason": "MatchReason",
    "Recalled": "RecalledSerials",
    "Record": "ChecklistRecord",
    "Ruling": "VersionRuling",
    "Says": "PersonalDataCategory",
    "Standing": "ApprovalStatus",
    "Steps": "StatementRunner",
    "Understanding": "ParsedQuery",
    "Visitor": "ApiClient",
    "Waiting": "the rows of the desk, by what they are",
    "Walk": "LogVerification",
    "Why": "MatchKind",
    "Wish": "ImportOptions",
    "Writes": "WriteTracker",
    # Functions are verbs with an object
    "admit": "take_request",
    "askers": "call_takers",
    "charge": "the rate limit's own verb",
    "claims_of": "the abuse counts of a serial",
    "codes_too": "with_codes",
    "door": "exemption, entry point, attempt limit",
    "files_mentioning": "imports_naming",
    "given_reason": "the reason's rule",
    "held_up": "exceeded_limits",
    "listed_of_customer": "serial_summaries_of_customer",
    "make_permanent": "the emergency's settlement",
    "meant_by": "interpretations_of",
    "mentions": "file_names_any",
    "number_of": "user_number_of",
    "open_request": "open_relicensing",
    "passing": "throttled",
    "proves_itself": "is_valid_unlock_code",
    "recognise": "parse_query",
    "recent_claims": "the abuse counts",
    "record_step": "the event's verb",
    "sign_of_life": "heartbeat",
    "step_up": "possible_upgrade",
    "sweep": "recover_abandoned_work",
    "take_back": "withdraw",
    "understanding": "query",
    "was_set": "record_password_set",
    "what_was_counted": "the counts",
    # Modules are named after what is in them
    "claims": "abuse",
    "deciding": "checklist_decisions",
    "finding": "search",
    "follow_ups": "emergency_settlement",
    "gate": "throttling",
    "handing_out": "disclosures",
    "holdings": "customer_records",
    "listening": "signal_receivers",
    "liveness": "locks",
    "recognising": "query_parsing",
    "refusals": "access_denials",
    "saying": "labels",
    "scratch": "temporary_tables",
    "stored": "write_tracking",
    "sweeping": "recovery",
    "walking": "verification",
    # Temporary tables say what they hold
    "aimed": "serial_match",
    "spot": "site_match",
    "twin": "duplicate_in_file",
}
MODULES_ONLY = {
    "claims",
    "deciding",
    "finding",
    "follow_ups",
    "gate",
    "handing_out",
    "holdings",
    "listening",
    "refusals",
    "saying",
    "scratch",
    "stored",
    "walking",
}


def defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id


def retired_names() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            where = path.relative_to(settings.BASE_DIR)
            if path.stem in RETIRED:
                yield f"{where}: {RETIRED[path.stem]}"
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from (
                f"{where}:{line}: {name}: {RETIRED[name]}"
                for line, name in defined(tree)
                if name in RETIRED and name not in MODULES_ONLY
            )


def test_no_retired_name_is_defined():
    assert list(retired_names()) == []


def test_a_retired_name_would_be_seen():
    tree = ast.parse("class Wish:\n    def admit(self, door): twin = 1")

    assert {name for _line, name in defined(tree)} >= {"Wish", "admit", "door", "twin"}


def test_temporary_tables_of_imports_say_what_they_hold():
    sources = Path(settings.BASE_DIR / "licences" / "imports").rglob("*.py")
    words = " ".join(path.read_text(encoding="utf-8") for path in sources).split()

    assert not {"twin", "spot", "aimed"} & set(words)
