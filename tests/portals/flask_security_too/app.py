"""Flask with Flask-Security-Too and its stock templates; the authenticator app is the only second factor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    auth_required,
    current_user,
    hash_password,
)
from flask_security.models import fsqla_v2
from flask_sqlalchemy import SQLAlchemy
from passlib.totp import TOTP

from portals.invoices import page

ISSUER = "Flask Portal"


def make_app(users: list[dict[str, Any]]) -> Flask:
    """The portal with these customers: ``name``, ``password``, ``secret`` (base32 or None).

    They sign in with their e-mail address.
    """
    totp_keys = {"1": os.urandom(16).hex()}
    factory = TOTP.using(issuer=ISSUER, secrets=totp_keys)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.urandom(24).hex(),
        SECURITY_PASSWORD_SALT="for these tests",
        SECURITY_PASSWORD_HASH="pbkdf2_sha512",
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSLIB_OPTIONS={"pbkdf2_sha512__rounds": 1000},
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{Path(os.environ['PORTAL_DATA']) / 'portal.sqlite3'}",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TOTP_SECRETS=totp_keys,
        SECURITY_TOTP_ISSUER=ISSUER,
        SECURITY_POST_LOGIN_VIEW="/invoices/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_SEND_REGISTER_EMAIL=False,
    )
    database = SQLAlchemy(app)
    models: Any = fsqla_v2  # says nothing of its types
    models.FsModels.set_db_info(database)
    role = type("Role", (database.Model, models.FsRoleMixin), {})
    user = type("User", (database.Model, models.FsUserMixin), {})
    store = SQLAlchemyUserDatastore(database, user, role)
    Security(app, store)

    @app.route("/invoices/")
    @auth_required("session")
    def invoices() -> str:
        name = current_user.email.partition("@")[0]
        return page(name, bool(current_user.tf_primary_method), "/tf-setup")

    with app.app_context():
        database.create_all()
        for each in users:
            made = store.create_user(
                email=f"{each['name']}@example.org", password=hash_password(each["password"])
            )
            if each["secret"]:
                # The portal keeps secrets encrypted.
                secret = factory(key=each["secret"], format="base32").to_json(encrypt=True)
                store.tf_set(made, "authenticator", totp_secret=secret)
        database.session.commit()
    return app
