"""The documentation pages of the two APIs, rendered from the OpenAPI description on the server: it needs no script."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from licences.api.openapi import example_problem
from licences.api.problems import PROBLEMS, ApiProblem
from licences.api.programs.openapi import example_program_problem
from licences.api.programs.problems import PROGRAM_PROBLEMS
from licences.api.programs.routes import programs
from licences.api.routes import api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page at ``/api/docs``. Always in English, whatever the language of the browser."""
    context = {"heading": "API for Xchange Servers", "schema_url": reverse("api:openapi-json"), "for_servers": True}
    return _page(request, api.get_openapi_schema(), PROBLEMS, example_problem, context)


@require_safe
def program_docs(request: HttpRequest) -> HttpResponse:
    """The page at ``/api/programs/docs``, in English too."""
    context = {"heading": "API for other systems", "schema_url": reverse("programs:openapi-json")}
    return _page(request, programs.get_openapi_schema(), PROGRAM_PROBLEMS, example_program_problem, context)


def _page(
    request: HttpRequest,
    schema: dict[str, Any],
    described: Mapping[str, ApiProblem],
    example_of: Callable[[str], dict[str, Any]],
    context: dict[str, Any],
) -> HttpResponse:
    components = schema["components"]["schemas"]
    with translation.override("en"):
        problems = [(name, problem.title, example_of(name)) for name, problem in described.items()]
        calls = [
            _call(path, method, operation, components)
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]
        return render(
            request, "api/docs.html", {"info": schema["info"], "calls": calls, "problems": problems, **context}
        )


def _call(path: str, method: str, operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Template context of one call; ``components`` are the schemas that its body refers to."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    headers = [each for each in operation["parameters"] if each["in"] == "header"]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "called": path.format(**{each["name"]: each["example"] for each in operation["parameters"]}),
        "summary": operation["description"],
        "fields": (_fields(body["schema"], components) if body else []) + _parameters(operation["parameters"]),
        "headers": [(each["name"], each["example"]) for each in headers],
        "request": _as_json(body["example"]) if body else "",
        "query": "&".join(
            f"{each['name']}={each['example']}" for each in operation["parameters"] if each["in"] == "query"
        ),
        "answers": [_answer(status, answer) for status, answer in operation["responses"].items()],
    }


def _fields(schema: dict[str, Any], components: dict[str, Any], prefix: str = "") -> list[dict[str, Any]]:
    """The fields of a body; those of a nested object have its name as prefix, such as ``customer.name``,
    and those of objects in a list, such as ``lines[].product``."""
    resolved = components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    fields = []
    for name, field in resolved["properties"].items():
        if "$ref" in field:
            fields += _fields(field, components, f"{prefix}{name}.")
        elif "$ref" in field.get("items", {}):
            fields += _fields(field["items"], components, f"{prefix}{name}[].")
        else:
            required = name in resolved.get("required", [])
            fields.append({"name": f"{prefix}{name}", "required": required, "about": field.get("description", "")})
    return fields


def _parameters(parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": each["name"], "required": each["required"], "about": each["schema"].get("description", "")}
        for each in parameters
    ]


def _answer(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    content = next(iter(answer.get("content", {"": {}}).values()))
    return {
        "status": status,
        "example": _as_json(content["example"]) if "example" in content else "",
        "problems": list(content.get("examples", {})),
    }


def _as_json(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
