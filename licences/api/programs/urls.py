"""URLs of the API for other systems. Keys let programs in; a login gives no rights in it."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from licences.api.docs import program_docs
from licences.api.programs.routes import programs

_patterns, _application, app_name = programs.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = login_not_required(_pattern.callback)
urlpatterns = [*_patterns, path("programs/docs", login_not_required(program_docs), name="docs")]
