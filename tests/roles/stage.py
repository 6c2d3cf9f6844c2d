"""The stage of the matrix: something on every page and in every list, one person of every kind, and addresses."""

import json
import time
from datetime import timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from licences import imports, operations
from licences.domain.checklist import Answers
from licences.imports import HandPurchase
from licences.models import Emergency, FileImport, Relicensing, Reminder, Serial, UnlockCode
from licensing_portal.accounts import sealing
from licensing_portal.accounts.models import FailedMessage
from tests import factories
from tests.administration.admin_lists import something_in_every_list
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.roles.expectations import ANONYMOUS, DESK_STAFF, NO_ROLE, SUPERUSER
from tests.roles.pages import Route

PASSWORD = "a long test password"


class Stage:
    """Everything is made once; ``address`` finds what a page needs of it."""

    code: UnlockCode
    request: Relicensing
    file_import: FileImport

    def __init__(self) -> None:
        factories.catalogue()
        something_in_every_list()
        self.code = factories.registered()
        self.serial: Serial = self.code.serial
        self.request = operations.open_relicensing(
            answers=Answers(serial=self.serial.code), purpose="reinstall", by="tests", today=factories.TODAY
        )
        rows = csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL"))
        self.file_import = confirmed(preview(rows), accept_valid=True)
        self.emergency = Emergency.objects.latest("pk")
        self.hand_entry = imports.enter_purchase(
            customer_id=self.serial.site.customer_id, serial=self.serial.code, purchase=HandPurchase({"XCH-USR": 900}),
            reason="Order of last week.", by="tests",
        )  # fmt: skip
        self.bystander = User.objects.create_user("bystander", password=PASSWORD)
        self.passkey = Authenticator.objects.create(
            user=self.bystander, type=Authenticator.Type.WEBAUTHN, data={"name": "Key ring", "credential": {}}
        )
        self.quality_filter = operations.save_quality_filter(
            list_slug="never-registered", owner=self.bystander.pk, name="North", values={"town": "Kiel"},
            is_shared=True, by="tests",
        )  # fmt: skip
        factories.bought(purchased_on=timezone.localdate() - timedelta(days=100))  # nobody registers it
        operations.refresh_reminders(now=timezone.now())
        self.reminder = Reminder.objects.filter(rule__kind="never-registered").earliest("pk")
        self.log_check = operations.begin_log_check(by="tests", now=timezone.now())
        operations.stop_log_check(check_id=self.log_check.pk, failure="", now=timezone.now())
        self.failed_message = FailedMessage.objects.create(
            sealed=sealing.seal(json.dumps({"reset": {"email": "x@example.com", "link": "UID-KEY", "language": "en"}})),
            failure="OSError", attempts=5, queued_at=timezone.now(), failed_at=timezone.now(),
        )  # fmt: skip
        self.session = UserSession.objects.create(
            user=self.bystander, ip="192.0.2.1", user_agent="Firefox/140.0", session_key="a session of the bystander"
        )

    def address(self, route: Route) -> str:
        """The address of a page, of something that exists."""
        if route.name == "admin:app_list":
            return "/admin/licences/"
        if route.name == "account_reset_password_from_key":
            key = f"{user_pk_to_url_str(self.bystander)}-{default_token_generator.make_token(self.bystander)}"
            return reverse(route.name, kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True)))
        path = route.pattern
        for name, converter in route.converters.items():
            value = str(converter.to_url(self._argument(route, name)))
            path = path.replace(_placeholder(path, name), value)
        return f"/{path}"

    def _argument(self, route: Route, name: str) -> Any:
        if route.model:
            return self._row_of(route.model).pk
        first = route.pattern.partition("/")[0]
        if first == "accounts":
            first = route.pattern.rpartition("/<")[0]
        objects: dict[tuple[str, str], Any] = {
            ("serials", "code"): self.serial.code,
            ("api", "serial"): self.serial.code,
            ("customers", "pk"): self.serial.site.customer_id,
            ("relicensing", "pk"): self.request.pk,
            ("purchases", "pk"): self.file_import.pk,
            ("purchases", "number"): self.hand_entry.number,
            ("purchases", "kind"): "purchases",
            ("purchases", "extension"): "csv",
            ("unlock-codes", "pk"): self.code.pk,
            ("emergencies", "pk"): self.emergency.pk,
            ("accounts/sessions", "pk"): self.session.pk,
            ("accounts/second-factor/passkeys", "pk"): self.passkey.pk,
            ("quality", "slug"): "never-registered",
            ("quality", "pk"): self.quality_filter.pk,
            ("reminders", "pk"): self.reminder.pk,
            ("reminders", "kind"): "never-registered",
            ("accounts/invitation", "key"): "an-invitation-that-has-ended",
            ("events", "pk"): self.log_check.pk,
            ("mail", "pk"): self.failed_message.pk,
            ("admin", "content_type_id"): ContentType.objects.get_for_model(Serial).pk,
            ("admin", "object_id"): self.serial.pk,
        }
        assert (first, name) in objects, (
            f"{route}: say in tests/roles/stage.py what stands for <{name}> in its address."
        )
        return objects[first, name]

    def _row_of(self, model: str) -> Any:
        if model == "auth.user":
            return self.bystander
        found = apps.get_model(model)._default_manager.first()
        assert found is not None, f"{model}: tests/roles/stage.py has to make a row of it."
        return found


def _placeholder(path: str, name: str) -> str:
    """``<int:pk>`` of ``pk``."""
    end = next(end for end in (f":{name}>", f"<{name}>") if end in path)
    start = path.rindex("<", 0, path.index(end) + 1)
    return path[start : path.index(end) + len(end)]


# --- The cast ----------------------------------------------------------------------------------------


def person(kind: str, username: str = "") -> User | None:
    """One person of a kind, made as the administration makes them; nobody for the one without a login."""
    username = username or kind.lower().replace(" ", "-")
    if kind == ANONYMOUS:
        return None
    if kind == SUPERUSER:
        return User.objects.create_superuser(username, password=PASSWORD)
    user = User.objects.create_user(username, password=PASSWORD, is_staff=kind in DESK_STAFF)
    if kind != NO_ROLE:
        user.groups.set([Group.objects.get(name=kind)])
    return user


class Browser:
    """A browser that is as it was at every call, whatever the last answer did to its cookies."""

    def __init__(self, user: User | None, **options: Any) -> None:
        self.options = options
        self.client = Client(**options)
        if user is not None:
            self.client.force_login(user)
            self._has_just_typed_the_password(user)
        self.is_logged_in = user is not None
        self._cookies = self.client.cookies.output(header="")

    def _has_just_typed_the_password(self, user: User) -> None:
        """So that the pages of one's own account open without asking for it again."""
        session = self.client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
        session.save()

    def __call__(self, method: str, address: str, data: Any = None, *more: Any, **options: Any) -> Any:
        self.client.cookies.clear()
        self.client.cookies.load(self._cookies)
        return getattr(self.client, method)(address, data, *more, **options)

    def outcome(self, method: str, address: str, data: Any = None) -> str:
        """What came of it: ``in``, ``login`` (sent to the login page), or 403, 404, 405."""
        answer = self(method, address, data)
        for _hop in range(4):
            if not _leads_to_login(answer):
                break
            if not self.is_logged_in:
                return "login"
            answer = self("get", answer["Location"])  # the login page sends whoever is logged in on, or refuses
        else:
            return "a loop of redirects"
        answer.getvalue()  # which closes a file that is handed out
        return str(answer.status_code) if answer.status_code in (403, 404, 405) else _let_in(answer)


def _leads_to_login(answer: Any) -> bool:
    doors = (resolve_url(settings.LOGIN_URL), "/admin/login/")
    return answer.status_code == 302 and answer["Location"].startswith(doors)


def _let_in(answer: Any) -> str:
    """200 and redirects; and what a form says to an empty post, since the matrix posts nothing."""
    return "in" if answer.status_code in (200, 204, 302, 400, 409, 415, 422) else str(answer.status_code)
