"""The OpenAPI description, completed: every status that is answered, problems as what they are, true examples."""

from typing import Any

from django.utils import translation

from licences.api import examples
from licences.api.problems import MEDIA_TYPE, PROBLEMS, problem_document
from licences.api.schemas import ProblemOut

# Operation → the refusals of the domain that it can answer with.
REFUSALS = {
    "register": [
        "unknown-serial",
        "serial-in-use",
        "relicensing-required",
        "site-id-in-use",
        "nothing-licensed",
        "codes-exhausted",
        "serial-blocked",
        "software-assurance-required",
    ],
    "update": [
        "unknown-serial",
        "relicensing-required",
        "nothing-licensed",
        "codes-exhausted",
        "serial-blocked",
        "software-assurance-required",
    ],
    "release": ["unknown-serial", "release-code-wrong", "serial-blocked"],
    "upgrade_check": ["unknown-serial", "relicensing-required", "serial-blocked"],
}
OF_EVERY_CALL = ["bad-request", "invalid-request", "too-many-requests", "internal-error"]
OF_A_BODY = ["body-too-large", "unsupported-media-type"]
RETRY_AFTER = {
    "description": "Whole seconds to wait before the next try.",
    "schema": {"type": "integer", "minimum": 1},
    "required": True,
}

# What may be asked next, of the installation that was just answered.
_PLACE = {"serial": "$response.body#/serial", "site_id": "$response.body#/site_id"}
_VERSIONS = {
    "server_version": "$request.body#/server_version",
    "client_version": "$request.body#/client_version",
}
_NEXT = {
    "update": {"operationId": "update", "requestBody": {**_PLACE, **_VERSIONS}},
    "upgrade_check": {"operationId": "upgrade_check", "parameters": _PLACE},
}
LINKS: dict[str, dict[int, Any]] = {"register": {200: _NEXT, 201: _NEXT}, "update": {200: _NEXT}}


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that ninja makes of the calls, with all that they really answer."""
    schema["components"]["schemas"]["ProblemOut"] = ProblemOut.model_json_schema()
    with translation.override("en"):
        for methods in schema["paths"].values():
            for operation in methods.values():
                _complete(operation)
    return schema


def _complete(operation: dict[str, Any]) -> None:
    name = operation["operationId"] = operation["operationId"].removeprefix("licences_api_routes_")
    asked = examples.REQUESTS[name]
    if "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = asked
    for parameter in operation["parameters"]:
        parameter["example"] = asked[parameter["name"]]
    for answer in operation["responses"].values():
        answer["content"]["application/json"]["example"] = examples.ANSWERS[name]
    for status, links in LINKS.get(name, {}).items():
        operation["responses"][status]["links"] = links
    problems = [*REFUSALS[name], *OF_EVERY_CALL, *(OF_A_BODY if "requestBody" in operation else [])]
    operation["responses"] = _by_number(operation["responses"] | _problem_responses(problems))


def _problem_responses(names: list[str]) -> dict[str, Any]:
    """One response per status; problems of the same status are its examples."""
    by_status: dict[int, list[str]] = {}
    for name in names:
        by_status.setdefault(PROBLEMS[name].status.value, []).append(name)
    return {str(status): _problem_response(status, same) for status, same in by_status.items()}


def _problem_response(status: int, names: list[str]) -> dict[str, Any]:
    content = {
        "schema": {"$ref": "#/components/schemas/ProblemOut"},
        "examples": {name: {"value": example_of(name)} for name in names},
    }
    response: dict[str, Any] = {"description": " / ".join(names), "content": {MEDIA_TYPE: content}}
    if "too-many-requests" in names:
        response["headers"] = {"Retry-After": RETRY_AFTER}
    return response


def example_of(name: str) -> dict[str, Any]:
    """A problem document as it would be answered, but for the occurrence that it names."""
    errors = examples.ERRORS if name == "invalid-request" else None
    document = problem_document(name, examples.PROBLEM_PARAMETERS.get(name), errors=errors)
    return document | {"instance": "urn:uuid:00000000-0000-4000-8000-000000000000"}


def _by_number(responses: dict[Any, Any]) -> dict[str, Any]:
    return {str(status): responses[status] for status in sorted(responses, key=int)}
