from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from licences.views import public
from licensing_portal import csp_reports, security, task_admin, user_admin  # noqa: F401  (two register themselves)
from licensing_portal.accounts import mail_views
from licensing_portal.doctor.views import system_check

admin.autodiscover()

urlpatterns = [
    path("", include("licences.urls")),
    path("api/", include("licences.api.urls")),
    path("api/", include(("licences.api.programs.urls", "programs"))),
    path(".well-known/jwks.json", public.key_set, name="jwks"),
    path("register/", public.register, name="public-registration"),
    path(security.REPORTS.lstrip("/"), csp_reports.receive_csp_report, name="csp-reports"),
    path("doctor/", system_check, name="doctor"),
    path("mail/", mail_views.mail_queue, name="mail-queue"),
    path("mail/test/", mail_views.send_test, name="mail-test"),
    path("mail/<int:pk>/send-again/", mail_views.send_again, name="mail-send-again"),
    path("admin/", admin.site.urls),
    path("accounts/", include("licensing_portal.accounts.urls")),
    path("language/", login_not_required(set_language), name="set_language"),
]

handler400 = "licensing_portal.views.bad_request"
handler403 = "licensing_portal.views.permission_denied"
handler404 = "licensing_portal.views.page_not_found"
handler500 = "licensing_portal.views.server_error"
