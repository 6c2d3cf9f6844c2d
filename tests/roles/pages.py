"""Every page that the URL configuration knows, the administration's included, and an address of each on the stage."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

MODELS = {
    f"{model._meta.app_label}_{model._meta.model_name}": model._meta.label_lower for model in admin.site._registry
}


@dataclass(frozen=True, slots=True)
class Route:
    """``name``: with its namespace, or of a list of the administration (``model``) its last part."""

    name: str
    model: str
    pattern: str
    converters: dict[str, Any] = field(compare=False, hash=False)

    def __str__(self) -> str:
        return f"{self.model} {self.name}".strip()


def routes() -> list[Route]:
    """All pages, but for the administration's last resort, which only says 404."""
    found = [_route(*each) for each in _patterns(get_resolver())]
    return [route for route in found if route.pattern != "admin/(?P<url>.*)$"]


def _patterns(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for each in resolver.url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each, here, f"{space}{each.namespace}:" if each.namespace else space)
        else:
            yield here, space, each


def _route(path: str, space: str, pattern: URLPattern) -> Route:
    converters = pattern.pattern.converters if isinstance(pattern.pattern, RoutePattern) else {}
    name, model = pattern.name or "old_address", ""
    if space == "admin:":
        parts = path.split("/")
        model = MODELS.get("_".join(parts[1:3]), "")
        name = name.removeprefix("_".join(parts[1:3]) + "_") if model else f"admin:{name}"
        return Route(name, model, path, converters)
    return Route(f"{space}{name}", model, path, converters)
