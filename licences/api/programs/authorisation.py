"""Who calls: the key in the header ``Authorization``, and whether it may make this call
(docs/security.md#keys-for-programs)."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from licences import operations, throttling
from licences.api.bodies import require_json_body
from licences.api.fields import shown_names
from licences.domain.errors import Refusal
from licences.domain.program_keys import Scope, require_scope
from licences.models import ProgramKey

BY = "Program"  # who guesses keys; events name the program itself


class ProgramKeyAuth(HttpBearer):
    """Lets programs in whose key has a scope; ``request.auth`` is then the ``ProgramKey``.

    A call without a usable key counts against the address that it comes from, all others against their key. The body of
    a call that has one is looked at only after that; ``body_limit`` is in bytes.
    """

    def __init__(self, scope: Scope, *, body_limit: int = 0) -> None:
        super().__init__()
        self.scope = scope
        self.body_limit = body_limit

    def __call__(self, request: HttpRequest) -> ProgramKey:
        """``Refusal``: ``key-missing``, ``too-many-requests``, ``scope-missing``, ``parameter-repeated``, and those of
        ``use_program_key`` and ``require_json_body``."""
        key = self.authenticate(request, _sent_key(request))
        _require_single_parameters(request)
        if self.body_limit:
            require_json_body(request, limit=self.body_limit)
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ProgramKey:
        client = throttling.api_client(request, by=BY)
        try:
            if not token:
                raise Refusal("key-missing")
            key = operations.use_program_key(token, address=client.address, now=timezone.now())
        except Refusal:
            throttling.count_refused_key(client)
            raise
        throttling.take_program_request(key.pk)
        require_scope(key.facts(), self.scope)
        return key


def _require_single_parameters(request: HttpRequest) -> None:
    """Refuse a parameter that is given twice, instead of guessing. ``Refusal``: ``parameter-repeated``."""
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise Refusal("parameter-repeated", field=shown_names([name]) or "query")


def _sent_key(request: HttpRequest) -> str:
    """The key in the header; empty if there is none, or another scheme."""
    scheme, _blank, key = request.headers.get("Authorization", "").strip().partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def has_scope(request: HttpRequest, scope: Scope) -> bool:
    """Whether the key of the call has a scope beyond the one that the call needs."""
    key: ProgramKey = request.auth  # type: ignore[attr-defined]
    return scope in key.scopes
