"""Lets log lines of a background task have its id and that of the request which began it (docs/watching.md#logs).

The id of the request waits for the worker in the cache that all processes share.
"""

from typing import Any

from django.core.cache import cache
from django.db import DatabaseError
from django_tasks.signals import task_enqueued, task_finished, task_started

from licensing_portal.request_ids import current_request, current_task, request_id_of

_KEPT = 24 * 60 * 60  # seconds: for how long the id of a task's request is known
_UID = "licensing_portal.task_ids"


def follow_tasks() -> None:
    """Follow all tasks of this process. Idempotent."""
    task_enqueued.connect(_remember, dispatch_uid=_UID)
    task_started.connect(_begin, dispatch_uid=_UID)
    task_finished.connect(_end, dispatch_uid=_UID)


def _key(task: Any) -> str:
    return f"request-of-task:{task.id}"


def _remember(*, task_result: Any, **more: Any) -> None:
    request_id = request_id_of(current_request.get())
    if request_id:
        cache.set(_key(task_result), request_id, timeout=_KEPT)


def _begin(*, task_result: Any, **more: Any) -> None:
    request_id = _recalled(task_result)
    current_task.set({"task": str(task_result.id)} | ({"request_id": request_id} if request_id else {}))


def _recalled(task_result: Any) -> str:
    """The id that was remembered, or "". No task fails because of it."""
    try:
        return str(cache.get(_key(task_result), ""))
    except DatabaseError:
        return ""


def _end(*, task_result: Any, **more: Any) -> None:
    current_task.set({})
