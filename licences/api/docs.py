"""The documentation page of the API, rendered from the OpenAPI description on the server: it needs no script."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from licences.api.openapi import example_problem
from licences.api.problems import PROBLEMS
from licences.api.routes import api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page at ``/api/docs``. Always in English, whatever the language of the browser."""
    schema = api.get_openapi_schema()
    components = schema["components"]["schemas"]
    with translation.override("en"):
        problems = [(name, problem.title, example_problem(name)) for name, problem in PROBLEMS.items()]
        calls = [
            _call(path, method, operation, components)
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        ]
        return render(request, "api/docs.html", {"info": schema["info"], "calls": calls, "problems": problems})


def _call(path: str, method: str, operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Template context of one call; ``components`` are the schemas that its body refers to."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["description"],
        "fields": _fields(body["schema"], components) if body else _parameters(operation["parameters"]),
        "request": _as_json(body["example"]) if body else "",
        "query": "&".join(f"{each['name']}={each['example']}" for each in operation["parameters"]),
        "answers": [_answer(status, answer) for status, answer in operation["responses"].items()],
    }


def _fields(schema: dict[str, Any], components: dict[str, Any], prefix: str = "") -> list[dict[str, Any]]:
    """The fields of a body; those of a nested object have its name as prefix, such as ``customer.name``."""
    resolved = components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    fields = []
    for name, field in resolved["properties"].items():
        if "$ref" in field:
            fields += _fields(field, components, f"{prefix}{name}.")
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
    content = next(iter(answer["content"].values()))
    return {
        "status": status,
        "example": _as_json(content["example"]) if "example" in content else "",
        "problems": list(content.get("examples", {})),
    }


def _as_json(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)
