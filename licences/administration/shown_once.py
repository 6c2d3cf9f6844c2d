"""Forms of the administration that end with a secret, which is shown once."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse


class ShowsSecretOnce:
    """A record whose operation leaves what it issued as ``issued`` of the object: a value with ``record``.

    The page with the secret is not redirected to, so that the secret is in no session and no cookie. Its ``Location``
    is where a second press of the button leads: to the record, without the secret.
    """

    shown_template: str
    shown_title: Any

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        """The form with one button: after it may come a secret, whichever was pressed."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        form: HttpResponse = super().render_change_form(request, context, *args, **options)  # type: ignore[misc]
        return form

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._shown_once(request, obj.issued)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if issued := getattr(obj, "issued", None):
            return self._shown_once(request, issued)
        changed: HttpResponse = super().response_change(request, obj)  # type: ignore[misc]
        return changed

    def shown_context(self, issued: Any) -> dict[str, Any]:
        """What the template needs besides ``issued``."""
        return {}

    def _shown_once(self, request: HttpRequest, issued: Any) -> HttpResponse:
        options, site = self.opts, self.admin_site  # type: ignore[attr-defined]
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[issued.record.pk])
        context = {**site.each_context(request), "title": self.shown_title, "opts": options, "issued": issued}
        return TemplateResponse(
            request,
            self.shown_template,
            {**context, **self.shown_context(issued)},
            status=HTTPStatus.CREATED,
            headers={"Location": address},
        )
