from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """What a view gets that needs a login, which is every one that does not say otherwise."""

    user: User
