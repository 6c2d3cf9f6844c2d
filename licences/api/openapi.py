"""Completing the OpenAPI description: every status, all problem documents, and examples."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation

from licences.api import examples
from licences.api.problems import MEDIA_TYPE, PROBLEMS, ApiProblem, problem_document
from licences.api.schemas import ProblemOut
from licences.domain.installation_proof import TOKEN_PATTERN

# Operation id → the refusals that it answers as problems.
REFUSALS = {
    "register": [
        "unknown-serial",
        "serial-in-use",
        "relicensing-required",
        "site-id-in-use",
        "nothing-licensed",
        "codes-exhausted",
        "serial-blocked",
        "installation-not-proved",
        "software-assurance-required",
    ],
    "update": [
        "unknown-serial",
        "registration-required",
        "relicensing-required",
        "nothing-licensed",
        "codes-exhausted",
        "serial-blocked",
        "installation-not-proved",
        "software-assurance-required",
    ],
    "release": [
        "unknown-serial",
        "registration-required",
        "release-code-wrong",
        "serial-blocked",
        "installation-not-proved",
    ],
    "upgrade_check": ["unknown-serial", "relicensing-required", "serial-blocked"],
}
PROBLEMS_OF_EVERY_CALL = ["bad-request", "invalid-request", "too-many-requests", "unavailable", "internal-error"]
_WITH_RETRY_AFTER = {"too-many-requests", "unavailable"}
PROBLEMS_OF_A_BODY = ["body-too-large", "unsupported-media-type"]
_RETRY_AFTER = {
    "description": "Whole seconds to wait before the next try.",
    "schema": {"type": "integer", "minimum": 1},
    "required": True,
}

# OpenAPI links: the calls that may follow for the same installation.
_INSTALLATION = {"serial": "$response.body#/serial", "site_id": "$response.body#/site_id"}
_TOKEN = {"installation_token": "$request.body#/installation_token"}
_VERSIONS = {
    "server_version": "$request.body#/server_version",
    "client_version": "$request.body#/client_version",
}
_LINKED_CALLS = {
    "update": {"operationId": "update", "requestBody": {**_INSTALLATION, **_TOKEN, **_VERSIONS}},
    "upgrade_check": {"operationId": "upgrade_check", "parameters": _INSTALLATION},
}
LINKS: dict[str, dict[int, Any]] = {
    "register": {200: _LINKED_CALLS, 201: _LINKED_CALLS},
    "update": {200: _LINKED_CALLS},
}


def complete_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Complete the schema that ninja generates, in place, and return it."""
    schema["components"]["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    if settings.INSTALLATION_TOKENS == "required":
        for body in ("RegistrationIn", "UpdateIn", "ReleaseIn"):
            _require_token(schema["components"]["schemas"][body])
    with translation.override("en"):
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete_operation(operation)
    return schema


def _require_token(body: dict[str, Any]) -> None:
    """Make ``installation_token`` a required field of a body schema, as ``INSTALLATION_TOKENS=required`` does."""
    body["required"].append("installation_token")
    token = body["properties"]["installation_token"]
    token |= {"type": "string", "pattern": f"^{TOKEN_PATTERN}$"}
    token.pop("default", None)


def _complete_operation(operation: dict[str, Any]) -> None:
    """Give an operation its id, examples, links and problem responses, in place."""
    name = operation["operationId"] = operation["operationId"].removeprefix("licences_api_routes_")
    request = examples.REQUESTS[name]
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = request
    for parameter in operation["parameters"]:
        parameter["example"] = request[parameter["name"]]
    for answer in operation["responses"].values():
        answer["content"]["application/json"]["example"] = examples.ANSWERS[name]
    for status, links in LINKS.get(name, {}).items():
        operation["responses"][status]["links"] = links
    problems = [*REFUSALS[name], *PROBLEMS_OF_EVERY_CALL, *(PROBLEMS_OF_A_BODY if "requestBody" in operation else [])]
    add_problems(operation, problems, PROBLEMS, example_problem)


def add_problems(
    operation: dict[str, Any],
    names: list[str],
    described: Mapping[str, ApiProblem],
    example_of: Callable[[str], dict[str, Any]],
) -> None:
    """Give an operation one response per status, with the problems of that status as its examples, in place."""
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(described[name].status.value, []).append(name)
    responses = operation["responses"] | {
        str(status): _problem_response({name: {"value": example_of(name)} for name in each})
        for status, each in by_status.items()
    }
    operation["responses"] = {str(status): responses[status] for status in sorted(responses, key=int)}


def _problem_response(examples_of: dict[str, Any]) -> dict[str, Any]:
    """The response with these problems, name → example."""
    schema = "RefusedPurchasesOut" if "lines-rejected" in examples_of else "ProblemOut"
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": examples_of}
    response: dict[str, Any] = {"description": " / ".join(examples_of), "content": {MEDIA_TYPE: content}}
    if not _WITH_RETRY_AFTER.isdisjoint(examples_of):
        response["headers"] = {"Retry-After": _RETRY_AFTER}
    elif "call-in-progress" in examples_of:
        response["headers"] = {"Retry-After": _RETRY_AFTER | {"required": False}}
    return response


def example_problem(name: str) -> dict[str, Any]:
    """An example of a problem document, by the name of the problem; ``instance`` is always the same."""
    errors = examples.ERRORS if name == "invalid-request" else None
    document = problem_document(name, examples.PROBLEM_PARAMETERS.get(name), errors=errors)
    return document | {"instance": "urn:uuid:00000000-0000-4000-8000-000000000000"}
