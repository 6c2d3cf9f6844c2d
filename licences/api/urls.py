"""URLs of the API of servers. It needs no login, and a login gives no rights in it."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from licences.api.docs import docs
from licences.api.routes import api

_patterns, _application, app_name = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = login_not_required(_pattern.callback)
urlpatterns = [*_patterns, path("docs", login_not_required(docs), name="docs")]
