"""URLs of sign-in and of one's own account: the views of allauth that are used here, and no others.

Where allauth has several names for a page, all of them lead to the one that exists.
"""

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as identities
from django.urls import path, re_path

from licensing_portal.accounts import single_sign_on, views

login = views.LoginView.as_view()
reset_password = views.PasswordResetView.as_view()
change_password = views.PasswordChangeView.as_view()
SSO = {"provider_id": "sso"}

urlpatterns = [
    path("", views.account, name="account"),
    path("", views.account, name="mfa_index"),
    path("", views.account, name="mfa_list_webauthn"),
    path("login/", login, name="account_login"),
    path("login/", login, name="login"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/second-factor/", factors.authenticate, name="mfa_authenticate"),
    path("logout/", accounts.logout, name="account_logout"),
    path("logout/", accounts.logout, name="logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("confirm/", accounts.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/", change_password, name="account_change_password"),
    path("password/", change_password, name="password_change"),
    path("password/reset/", reset_password, name="account_reset_password"),
    path("password/reset/sent/", accounts.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/done/",
        accounts.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        accounts.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("invitation/<str:key>/", views.invitation, name="account_invitation"),
    path("second-factor/", views.set_up, name="second-factor"),
    path("second-factor/app/", app.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("session/", views.session_time, name="session-time"),
    path("session/stay/", views.stay, name="session-stay"),
    path("sessions/", views.list_sessions, name="usersessions_list"),
    path("sessions/end-others/", views.end_other_sessions, name="end-other-sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="end-session"),
    path("sso/", single_sign_on.login, SSO, name="openid_connect_login"),
    path("sso/callback/", single_sign_on.callback, SSO, name="openid_connect_callback"),
    path("sso/cancelled/", identities.login_cancelled, name="socialaccount_login_cancelled"),
]
