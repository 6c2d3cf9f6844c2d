"""What every page's frame knows."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    return {"demo": settings.DEMO, "second_factor_off": settings.SECOND_FACTOR == "optional"}
