"""The step of a login that asks for the second factor."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest


class SecondFactorStage(AuthenticateStage):
    """Asked of everyone who has one; after single sign-on too, unless its provider is trusted to have asked."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if settings.OIDC_SECOND_FACTOR and came_by_single_sign_on(request, self.login.user):
            return False
        return super()._should_handle(request)


def came_by_single_sign_on(request: HttpRequest, user: object) -> bool:
    return any(record["method"] == "socialaccount" for record in get_authentication_records(request, user))
