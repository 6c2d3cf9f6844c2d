"""Completing the OpenAPI description of the calls with a key: every status, all problem documents, and examples."""

from typing import Any

from django.utils import translation
from pydantic import BaseModel

from licences.api.openapi import add_problems
from licences.api.programs import examples
from licences.api.programs.problems import PROGRAM_PROBLEMS, program_problem_document
from licences.api.programs.purchase_schemas import RefusedPurchasesOut
from licences.api.schemas import ProblemOut

# Problems that not every call has → the calls that have them.
_ONLY_OF = {
    "unknown-serial": "read_site",
    "after-beyond-end": "read_events",
    **dict.fromkeys(
        [
            "lines-rejected",
            "call-in-progress",
            "idempotency-key-reused",
            "purchases-busy",
            "body-too-large",
            "unsupported-media-type",
        ],
        "record_purchases",
    ),
}
_ETAG = {
    "description": "Send it as If-None-Match with the next call; 304 says that nothing has changed.",
    "schema": {"type": "string"},
    "required": True,
}


def complete_program_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Complete the schema that ninja generates, in place, and return it."""
    components = schema["components"]
    components["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    components["schemas"]["RefusedPurchasesOut"] = _without_definitions(RefusedPurchasesOut)
    components["schemas"]["SiteOut"].pop("required")  # ``fields`` selects
    scheme = {"type": "http", "scheme": "bearer", "description": "A key that an administrator of the portal created."}
    components["securitySchemes"] = {"key": scheme}
    with translation.override("en"):
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete_operation(operation)
    return schema


def _without_definitions(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model whose parts are among the components already."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return schema


def _complete_operation(operation: dict[str, Any]) -> None:
    """Give an operation its id, security, examples and problem responses, in place."""
    name = operation["operationId"] = operation["operationId"].rpartition("routes_")[2]
    operation["security"] = [{"key": []}]
    for parameter in operation["parameters"]:
        parameter["example"] = examples.PARAMETERS[name][parameter["name"]]
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = examples.BODIES[name]
    for status, answer in operation["responses"].items():
        if "requestBody" in operation:
            answer["content"]["application/json"]["example"] = examples.PURCHASES_BY_STATUS[int(status)]
        else:
            answer["content"]["application/json"]["example"] = examples.ANSWERS[name]
            answer["headers"] = {"ETag": _ETAG}
    names = [each for each in PROGRAM_PROBLEMS if _ONLY_OF.get(each, name) == name]
    if "requestBody" not in operation:
        operation["responses"]["304"] = {"description": "Not modified"}
    add_problems(operation, names, PROGRAM_PROBLEMS, example_program_problem)


def example_program_problem(name: str) -> dict[str, Any]:
    """An example of a problem document, by the name of the problem; ``instance`` is always the same."""
    errors = examples.ERRORS if name == "invalid-request" else None
    document = program_problem_document(name, examples.PROBLEM_PARAMETERS.get(name), errors=errors)
    lines = {"lines": examples.REJECTED_LINES} if name == "lines-rejected" else {}
    return document | {"instance": "urn:uuid:00000000-0000-4000-8000-000000000000"} | lines
