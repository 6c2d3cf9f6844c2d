"""The portal as a WSGI application. If its settings are wrong, it says so and exits."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

WORKER_BOOT_ERROR = 3  # gunicorn's: end, and do not start the worker again and again

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "licensing_portal.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    print(error, file=sys.stderr, flush=True)  # noqa: T201
    sys.exit(WORKER_BOOT_ERROR)
