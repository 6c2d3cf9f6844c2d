"""``manage.py reset_second_factor USER --reason TEXT``: let a user in who lost every second factor.

For whoever has access to the server, when no administrator can do it on the page (docs/accounts.md#second-factor).
"""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from licences.domain.errors import Refusal
from licences.operations.reasons import require_reason
from licences.wording.sentences import refusal_sentence
from licensing_portal.accounts import notices, usernames
from licensing_portal.accounts.operations import factors, passwords
from licensing_portal.accounts.operations.people import SERVER

LONGEST = 500  # characters of a reason


class Command(BaseCommand):
    help = "Remove the second factors of a user who lost them, end their sessions, and tell them by e-mail."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USER", help="the username")
        parser.add_argument("--reason", required=True, help="why, and how you know who asked; kept in the login events")
        parser.add_argument(
            "--password-link", action="store_true", help="also print a link to set a password; it works for an hour"
        )

    def handle(self, *args: Any, username: str, reason: str, password_link: bool, **options: Any) -> None:
        user, reason = _user(username), _reason(reason)
        with transaction.atomic():
            removed = factors.remove_factors(user, by=SERVER, reason=reason)
            if removed:
                notices.tell_of_removed_factors(user, by=SERVER)
            link = passwords.make_link(user, by=SERVER, reason=reason) if password_link else ""
        self.stdout.write(f"second factors removed: {removed}")
        if removed:
            told = f"A message goes to {user.email}." if user.email else "They have no e-mail address: tell them."
            self.stdout.write(f"{user.get_username()} sets up a new one at the next login. {told}")
        if link:
            self.stdout.write(f"To set a password, within an hour:\n{link}")


def _user(username: str) -> User:
    user = usernames.find_user(username)
    if user is None:
        raise CommandError(f"There is no user {username!a}. Give the username as it is written in the portal.")
    if not user.is_active:
        raise CommandError(f"{user.get_username()} is not active and cannot log in. Activate the account first.")
    return user


def _reason(text: str) -> str:
    try:
        reason = require_reason(text)
    except Refusal as refusal:
        raise CommandError(f"--reason: {refusal_sentence(refusal)}") from None
    if len(reason) > LONGEST:
        raise CommandError(f"--reason: at most {LONGEST} characters, not {len(reason)}.")
    return reason
