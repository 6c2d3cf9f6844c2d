"""The portal and the bare views in one WSGI application, with the same server, middleware and connections."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "tests.benchmarks._bare"
