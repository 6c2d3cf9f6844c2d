"""Fixtures of a superuser, who sees everything in the administration."""

import pytest
from django.contrib.auth.models import User


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root", password="a long test password")


@pytest.fixture
def as_root(root, as_user):
    return as_user(root)
