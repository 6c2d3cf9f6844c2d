"""Settings, read from the environment (docs/settings.md lists the names) and from ``.env`` if it exists.

Without any variable this is a production configuration that refuses to start and names every setting that is missing or
wrong. ``DEBUG=1`` (development) and ``DEMO=1`` (the quickstart) make their own secrets in ``var/``.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

from licences.domain.webhook_addresses import AllowedPlace
from licences.licence_files import Key
from licensing_portal import folders, security
from licensing_portal.demo import ensure_demo_secrets
from licensing_portal.environment import Environment

BASE_DIR = folders.PROGRAM
FOLDER = folders.portal_folder()  # what the portal writes; that of the program in a checkout
VAR_DIR = FOLDER / "var"

# What the portal writes (database, uploads, exports) is for its own user, from the first byte. Static files are the
# exception, and have modes of their own below.
os.umask(0o077)

env = Environment()  # every NAME may also be given as NAME_FILE; env.finish() at the end names all that are wrong
environ.Env.read_env(FOLDER / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
if DEBUG or DEMO:
    ensure_demo_secrets(VAR_DIR / "demo.env")

# --- Secrets and addresses -------------------------------------------------------------------------

SECRET_KEY = env.take(lambda: security.required(env, "SECRET_KEY"), "")
UNLOCK_KEYS: dict[int, bytes] = env.take(lambda: security.unlock_keys(security.required(env, "UNLOCK_KEYS")), {})
LICENCE_KEYS: dict[str, Key] = env.take(lambda: security.licence_keys(env), {})
LICENCE_KEY_FILES = security.private_key_files(env) if LICENCE_KEYS else []
MFA_ENCRYPTION_KEYS: list[str] = env.take(
    lambda: security.sealing_keys(env, default=SECRET_KEY if DEBUG or DEMO else ""), []
)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="") if DEMO else ""

PORTAL_URL = env.web_address("PORTAL_URL", "http://localhost:8000" if DEBUG or DEMO else "https://localhost")
ALLOWED_HOSTS: list[str] = env.take(
    lambda: security.allowed_hosts(env, portal_host=urlsplit(PORTAL_URL).hostname or "localhost", local=DEBUG or DEMO),
    [],
)
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(PORTAL_URL))]
# Whom customers and their servers are asked to call; empty: the licensing team without a number
LICENSING_PHONE = env.telephone("LICENSING_PHONE", "+49 30 23125 100" if DEMO else "")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0, least=0, most=10)
RATE_LIMIT_ADDRESS = env.int("RATE_LIMIT_ADDRESS", default=120)  # requests a minute, without a login
RATE_LIMIT_SERIAL = env.int("RATE_LIMIT_SERIAL", default=60)
RATE_LIMIT_KEY = env.int("RATE_LIMIT_KEY", default=600)  # requests a minute by one key of a program
# Addresses inside the network that webhooks may reach; all others of the network are refused
WEBHOOK_ALLOWED_ADDRESSES: list[AllowedPlace] = env.take(lambda: security.webhook_places(env), [])
# Servers send a token that proves which installation calls: "required", or "accepted" while there are older servers.
INSTALLATION_TOKENS = env.one_of("INSTALLATION_TOKENS", "required", "required accepted")
# For a server's first call, after staff began its installation or let it connect
TOKEN_WINDOW_HOURS = env.int("TOKEN_WINDOW_HOURS", default=72, most=8760)

# --- What staff may decide by themselves, per serial number ------------------------------------------

EMERGENCY_DAYS = env.int(
    "EMERGENCY_DAYS", default=14, most=366
)  # how long an emergency code runs, after the day it is made
RELICENSING_LIMIT = env.int("RELICENSING_LIMIT", default=3, least=0)  # in twelve months; beyond, a supervisor decides
WRONG_RELEASE_CODE_LIMIT = env.int("WRONG_RELEASE_CODE_LIMIT", default=5, least=0)  # in 24 hours
FOUR_EYES_LICENCES = env.int("FOUR_EYES_LICENCES", default=250)  # from so many on, two supervisors have to agree
HAND_PURCHASE_LICENCES = env.int("HAND_PURCHASE_LICENCES", default=10, least=0)  # by hand; beyond, two people agree
DECISION_REASON_LENGTH = env.int("DECISION_REASON_LENGTH", default=10, most=200)  # letters and digits, at least
OPEN_REQUEST_DAYS = env.int("OPEN_REQUEST_DAYS", default=14, most=36_500)  # then a request nobody works on is closed

# --- Outside the database, for a restore of an older backup (docs/restore.md) -----------------------------

ALLOCATED_SERIALS_DIR = env.path("ALLOCATED_SERIALS_DIR", default=VAR_DIR / "allocated")  # what imports gave
# Where anchors of the event log are kept (docs/proof.md); manage.py doctor looks at their age
ANCHOR_FILE = env.str("ANCHOR_FILE", default="")

# --- How many days is kept what has served its purpose (manage.py apply_retention; docs/personal-data.md) ---

KEEP_IMPORT_FILES_DAYS = env.int("KEEP_IMPORT_FILES_DAYS", default=90)  # from the end of the import
KEEP_REJECTED_ROWS_DAYS = env.int("KEEP_REJECTED_ROWS_DAYS", default=90)
KEEP_REFUSED_CLAIMS_DAYS = env.int("KEEP_REFUSED_CLAIMS_DAYS", default=365)
KEEP_ADDRESSES_DAYS = env.int(
    "KEEP_ADDRESSES_DAYS", default=30, most=36_500
)  # of callers that named serials not their own
KEEP_CALLERS_DAYS = env.int("KEEP_CALLERS_DAYS", default=365, most=36_500)  # from the end of the request
KEEP_NOTES_DAYS = env.int("KEEP_NOTES_DAYS", default=1095, most=36_500)  # from the day they were written
KEEP_CODE_EMAILS_DAYS = env.int("KEEP_CODE_EMAILS_DAYS", default=365, most=36_500)  # from when it was sent or given up
KEEP_WEBHOOK_BODIES_DAYS = env.int("KEEP_WEBHOOK_BODIES_DAYS", default=7, most=36_500)  # from when a message ended
KEEP_LOGIN_EVENTS_DAYS = env.int(
    "KEEP_LOGIN_EVENTS_DAYS", default=365, most=36_500
)  # who logged in, when and from where

# --- Applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "licensing_portal.apps.PortalConfig",
    "licensing_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "simple_history",
    "customers",
    "licences",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "licensing_portal.accounts",
    "django_tasks",
    "django_tasks_db",
    "import_export",  # last: where its texts and ours are the same, ours are translated as we say
]

MIDDLEWARE = [
    "licensing_portal.request_ids.identify_requests",
    "licensing_portal.health.health_checks",
    "licensing_portal.metrics.request_counts.count_requests",
    "licences.api.call_counts.count_calls",
    "licensing_portal.write_tracking.watch_writes",
    "licensing_portal.uploads.close_uploads",
    "licensing_portal.replica.remember_writes",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "licensing_portal.security.response_headers",
    "licences.api.problems.problems_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "licensing_portal.stale_sessions.log_stale_sessions",
    "licensing_portal.accounts.middleware.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "licensing_portal.accounts.middleware.AccessMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "licensing_portal.urls"
WSGI_APPLICATION = "licensing_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [folders.PARTS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["licences.templatetags.form_tokens"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "licensing_portal.context.portal",
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
DATABASES["default"] |= security.database_options(DATABASES["default"], var=VAR_DIR)
DATABASES["default"]["STATEMENT_SECONDS"] = env.int(
    "DATABASE_STATEMENT_SECONDS", default=0, least=0
)  # gunicorn_conf.py sets it
REPLICA_MAX_AGE_SECONDS = env.int("REPLICA_MAX_AGE_SECONDS", default=10)  # an older replica is not read
REPLICA_RETRY_SECONDS = env.int("REPLICA_RETRY_SECONDS", default=15)  # one that did not answer is left alone so long
REPLICA_COOKIE_NAME = "wrote"  # of who wrote a moment ago
if env.str("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL", "")
    DATABASES["replica"] |= security.replica_options(DATABASES["replica"], var=VAR_DIR)
    DATABASE_ROUTERS = ["licensing_portal.replica.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The history of customers and sites is written by the operations (customers.history), and not by signals,
# which see neither imports nor merges.
SIMPLE_HISTORY_ENABLED = False

# --- Work in the background, by `manage.py worker` ---------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Who ------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["licensing_portal.permissions.OneQueryBackend"]
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Who may do more than look up proves a second factor: "required", or "optional" for a trial.
SECOND_FACTOR = env.one_of("SECOND_FACTOR", "optional" if DEBUG or DEMO else "required", "required optional")
SIGN_IN_TRIES = env.int("SIGN_IN_TRIES", default=5)  # for one account; then it is locked for a while
SIGN_IN_TRIES_ADDRESS = env.int("SIGN_IN_TRIES_ADDRESS", default=50)  # an office has one address
LOCK_OUT_MINUTES = env.int("LOCK_OUT_MINUTES", default=15, most=1440)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_HOURS = env.int("SESSION_HOURS", default=12, most=168)  # one working day
OIDC = env.take(lambda: security.single_sign_on(env, insecure=DEBUG or DEMO), None)
OIDC_SECOND_FACTOR = env.bool("OIDC_SECOND_FACTOR", default=False)  # does the provider ask for it, reliably?
OIDC_SIGN_UP_DOMAINS = env.list("OIDC_SIGN_UP_DOMAINS", default=[])

ACCOUNT_ADAPTER = "licensing_portal.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "licensing_portal.accounts.forms.LoginForm",
    "change_password": "licensing_portal.accounts.forms.ChangePasswordForm",
    "reauthenticate": "licensing_portal.accounts.forms.ReauthenticateWithPasswordForm",
    "reset_password": "licensing_portal.accounts.forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # there is no page to sign up on
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # administrators enter addresses
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Xchange Licensing: "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PORTAL_URL).scheme
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # counted by accounts.operations.lock_outs instead
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds, for a link that was sent by e-mail
MFA_ADAPTER = "licensing_portal.accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "licensing_portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "licensing_portal.accounts.forms.ReauthenticateForm",
    "activate_totp": "licensing_portal.accounts.forms.ActivateAppForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up here: administrators enter addresses, and nothing verifies them
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code may be of the step before or after: people type slowly, and clocks differ
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO  # http://localhost
SOCIALACCOUNT_ADAPTER = "licensing_portal.accounts.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site, says the Content-Security-Policy
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}

# --- Caches ------------------------------------------------------------------------------------------

CACHES = {
    # What the workers share: allauth's smaller limits, and one-time codes that were used already.
    "default": {
        "BACKEND": "licensing_portal.accounts.caches.SharedCache",
        "LOCATION": "accounts_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # The tables beside a list of the administration (templates/admin/base_site.html). They last as long as the process.
    # Without it a list takes 18 to 45 % longer; a page of the staff would not be noticed, so none of it is kept.
    "template_fragments": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# --- Words -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
FORMAT_MODULE_PATH = "licensing_portal.formats"
LOCALE_PATHS = [BASE_DIR / "licensing_portal" / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Berlin")
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------------

MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))  # uploads; every server and worker reaches it
# Noto's fonts, for names in case files that Open Sans has no letters for (docs/operations.md#fonts)
FONT_FOLDER = env.text("FONT_FOLDER", "/usr/share/fonts")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "licensing_portal.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
IMPORT_INBOX = env.str("IMPORT_INBOX", default="")  # the watched folder (docs/imports.md#without-a-person)
IMPORT_INBOX_QUIET_SECONDS = env.int("IMPORT_INBOX_QUIET_SECONDS", default=60, least=0, most=86_400)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=1 << 30)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # of a form, files not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(FOLDER / "static_root")))  # not in var/, which is for one user only
# Installed from a wheel, they are the static files of the app ``licensing_portal``, and are found as such.
STATICFILES_DIRS = [folders.PARTS / "static"] if folders.IS_CHECKOUT else []
# Production serves hashed names made by `collectstatic`; development and the demo serve the sources.
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = DEBUG or DEMO
if DEBUG or DEMO:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "licensing_portal.uploads.WholeFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "licensing_portal.static_files.PublicStaticFiles",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}

# --- The web ---------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = security.CONTENT_SECURITY_POLICY
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "licensing_portal.views.csrf_failure"
SESSION_ENGINE = "licensing_portal.sessions"
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
KNOWN_DEVICE_COOKIE_NAME = "known_device"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of their own
if not (DEBUG or DEMO):
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=2 * 365 * 24 * 60 * 60, least=0)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    KNOWN_DEVICE_COOKIE_NAME = "__Host-known_device"
    REPLICA_COOKIE_NAME = "__Host-wrote"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

MAIL_IS_SENT, EMAIL_CONFIG = env.mail("EMAIL_URL", trial=DEBUG or DEMO)
vars().update(EMAIL_CONFIG)
# Every message waits in the database for the worker, which sends it by the transport that EMAIL_URL names.
MAIL_TRANSPORT, EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"], "licensing_portal.accounts.mail.QueueBackend"
# Seconds until a supervisor who has no page open gets an e-mail about a request that waits; 0 sends none
DECISION_EMAIL_SECONDS = env.int("DECISION_EMAIL_SECONDS", default=60 if MAIL_IS_SENT else 0, least=0, most=86_400)
EMAIL_TIMEOUT = 10  # seconds: a mail server that does not answer keeps the worker waiting, and not for long
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"licensing@{urlsplit(PORTAL_URL).hostname}")

# --- Logs (no personal data: paths and outcomes only) -----------------------------------------------

LOG_FORMAT = {"text": "line", "json": "object"}[env.one_of("LOG_FORMAT", "text", "text json")]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "licensing_portal.logs.OneLine",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "object": {"()": "licensing_portal.logs.OneObject"},
    },
    "filters": {"without_outages": {"()": "licensing_portal.logs.WithoutOutages"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["without_outages"]},
    },
    "root": {"handlers": ["console"], "level": env.one_of("LOG_LEVEL", "WARNING", "DEBUG INFO WARNING ERROR CRITICAL")},
    "loggers": {
        "licensing_portal.accounts": {"level": "INFO"},
        "security": {"level": "INFO"},  # refused decisions too, whatever the others leave out
    },
}

# --- Metrics (docs/watching.md#metrics) ---------------------------------------------------------------

METRICS_DIR = env.str("METRICS_DIR", default="")  # where web processes keep their counters, in memory; empty: nowhere
METRICS_BIND = env.host_and_port("METRICS_BIND", "127.0.0.1:9464")  # where `manage.py metrics` listens

env.check_server(demo=DEMO)
env.finish()
