"""The portal with the bare views beside it: one server, middleware and connections for both."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "licences.management.benchmarks._bare"
