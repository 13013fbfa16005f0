"""Pages of the allauth portal: allauth's own, and an invoices page behind the sign-in."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from portals.invoices import page


@login_required  # type: ignore[untyped-decorator]
def invoices(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page(request.user.get_username(), is_mfa_enabled(request.user), "/accounts/2fa/"))


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("invoices/", invoices),
    path("", invoices),
]
