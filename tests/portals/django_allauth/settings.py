"""A supplier portal on django-allauth[mfa] with its stock templates.

Nothing here changes a page: only what a project must state (database, issuer, where to go after sign-in).
"""

import os
from pathlib import Path

SECRET_KEY = "loopback test portal, no real accounts"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "portals.django_allauth.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
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
# Twenty users must be made within a second; nobody attacks these passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Twenty sign-ins in a row from one address are a bench here, not an attack.
ACCOUNT_RATE_LIMITS = os.environ.get("PORTAL_RATE_LIMITS") == "1" and {"login_failed": "10/m/ip,5/300s/key"}
LOGIN_REDIRECT_URL = "/invoices/"
MFA_TOTP_ISSUER = "Allauth Portal"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
USE_TZ = True
STATIC_URL = "/static/"
