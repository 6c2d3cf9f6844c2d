"""The cache that all workers share."""

import time
from typing import Any

from django.core.cache.backends.db import DatabaseCache

_RATE_LIMITS = "allauth:rl:"


class SharedCache(DatabaseCache):
    """Django's database cache, in which allauth keeps the times of attempts.

    A time in the future, written while a clock was ahead, is clamped to now; otherwise it would count until that time.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        value = super().get(key, default, version)
        if key.startswith(_RATE_LIMITS) and isinstance(value, list):
            return [moment for moment in value if moment <= time.time() + 1]
        return value
