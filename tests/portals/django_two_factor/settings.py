"""A supplier portal on django-two-factor-auth with its stock wizard pages."""

import os
from pathlib import Path

SECRET_KEY = "loopback test portal, no real accounts"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "portals.django_two_factor.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "two_factor",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # Only `_base.html`, which the package's documentation asks every project to bring; the shipped
        # example loads its style sheet from the internet.
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["PORTAL_DATA"]) / "portal.sqlite3",
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA synchronous=OFF;"},
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "two_factor:login"
LOGIN_REDIRECT_URL = "/invoices/"
LOGOUT_REDIRECT_URL = "/account/login/"
OTP_TOTP_ISSUER = "Twofactor Portal"
TWO_FACTOR_QR_FACTORY = os.environ.get("PORTAL_QR_FACTORY", "qrcode.image.svg.SvgPathImage")
USE_TZ = True
STATIC_URL = "/static/"
