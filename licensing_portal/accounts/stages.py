"""The login stage that asks for the second factor."""

from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest

from licensing_portal.accounts.second_factor import came_by_single_sign_on


class SecondFactorStage(AuthenticateStage):
    """Required of every user who has a factor; after single sign-on too, unless its provider is
    trusted to have asked.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        if settings.OIDC_SECOND_FACTOR and came_by_single_sign_on(request, self.login.user):
            return False
        return super()._should_handle(request)
