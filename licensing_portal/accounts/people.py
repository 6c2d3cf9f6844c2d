from django.contrib.auth.models import User
from django.http import HttpRequest


class SignedInRequest(HttpRequest):
    """A request whose user has logged in, which is every request unless a view says otherwise."""

    user: User
