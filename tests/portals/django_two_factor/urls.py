"""Pages of the two-factor portal: the package's own, sign-out, and an invoices page."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from two_factor.urls import urlpatterns as two_factor_urls

from portals.invoices import page


@login_required  # type: ignore[untyped-decorator]
def invoices(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page(request.user.get_username(), request.user.is_verified(), "/account/two_factor/"))


urlpatterns = [
    path("", include(two_factor_urls)),
    path("account/logout/", LogoutView.as_view(), name="logout"),
    path("invoices/", invoices),
    path("", invoices),
]
