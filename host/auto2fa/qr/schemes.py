"""What a QR code's text can be, by its beginning or by its web host: data for :mod:`auto2fa.qr.payload`.

Order matters: the first line that fits wins. ``what`` completes the sentences of the errors
``proprietaryCode`` ("This QR code is made for {app} only.") and ``notASecondFactor`` ("This QR code holds
{what}, not a second factor.").
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Advice = Literal["proprietaryCode", "notASecondFactor"] | None


class Scheme(NamedTuple):
    """One line: texts that begin with ``prefix`` (compared without regard to case) are of this ``kind``."""

    prefix: str
    kind: str
    what: str
    advice: Advice


class Host(NamedTuple):
    """One line: web links to ``host`` (or below it) whose path begins with ``path``."""

    host: str
    path: str
    kind: str
    what: str
    advice: Advice


_ONLY: Advice = "proprietaryCode"
_NOT: Advice = "notASecondFactor"

SCHEMES: tuple[Scheme, ...] = (
    # second factors
    Scheme("otpauth://totp/", "otpauth", "a second factor", None),
    Scheme("otpauth://hotp/", "otpauth", "a second factor", None),
    Scheme("otpauth://steam/", "otpauth", "a Steam second factor", None),
    Scheme("apple-otpauth://", "otpauth", "a second factor", None),
    Scheme("otpauth-migration://", "migration", "an export of Google Authenticator", None),
    Scheme("otpauth://pipush/", "privacyidea", "the privacyIDEA Authenticator", _ONLY),
    Scheme("otpauth://yaotp/", "yandex", "Yandex Key", _ONLY),
    Scheme("otpauth:", "otpauth", "a second factor", None),
    # authenticator apps with a protocol of their own
    Scheme("phonefactor:", "microsoft", "Microsoft Authenticator", _ONLY),
    Scheme("msauth:", "microsoft", "Microsoft Authenticator", _ONLY),
    Scheme("msauthv2:", "microsoft", "Microsoft Authenticator", _ONLY),
    Scheme("ms-msa:", "microsoft", "Microsoft Authenticator", _ONLY),
    Scheme("microsoft-authenticator:", "microsoft", "Microsoft Authenticator", _ONLY),
    Scheme("openid-vc:", "microsoft", "Microsoft Authenticator (Verified ID)", _ONLY),
    Scheme("duo:", "duo", "Duo Mobile", _ONLY),
    Scheme("oktaverify:", "okta", "Okta Verify", _ONLY),
    Scheme("com.okta.", "okta", "Okta Verify", _ONLY),
    Scheme("com-okta-authenticator:", "okta", "Okta Verify", _ONLY),
    Scheme("authy:", "authy", "Authy", _ONLY),
    Scheme("vipaccess:", "symantec", "Symantec VIP Access", _ONLY),
    Scheme("vip:", "symantec", "Symantec VIP Access", _ONLY),
    Scheme("symcvip:", "symantec", "Symantec VIP Access", _ONLY),
    Scheme("igmobileotp:", "entrust", "Entrust Identity", _ONLY),
    Scheme("igmobile:", "entrust", "Entrust Identity", _ONLY),
    Scheme("com.entrust.", "entrust", "Entrust Identity", _ONLY),
    Scheme("com.rsa.securid", "rsa", "RSA SecurID", _ONLY),
    Scheme("http://127.0.0.1/securid/", "rsa", "RSA SecurID", _ONLY),
    Scheme("securid:", "rsa", "RSA SecurID", _ONLY),
    Scheme("salesforceauthenticator:", "salesforce", "Salesforce Authenticator", _ONLY),
    Scheme("steamguard:", "steamguard", "the Steam app", _ONLY),
    Scheme("steammobile:", "steamguard", "the Steam app", _ONLY),
    Scheme("pushauth:", "forgerock", "ForgeRock Authenticator", _ONLY),
    Scheme("mfauth:", "forgerock", "ForgeRock Authenticator", _ONLY),
    Scheme("pingid:", "pingid", "PingID", _ONLY),
    Scheme("lseqr:", "linotp", "the LinOTP Authenticator", _ONLY),
    Scheme("mobilepassplus:", "thales", "Thales MobilePASS+", _ONLY),
    Scheme("mobilepass:", "thales", "Thales MobilePASS+", _ONLY),
    Scheme("fortitoken:", "fortitoken", "FortiToken Mobile", _ONLY),
    Scheme("motp:", "motp", "a Mobile-OTP app", _ONLY),
    Scheme("bankid:", "bankid", "BankID", _ONLY),
    Scheme("bankid.", "bankid", "BankID", _ONLY),
    # signing in on another device
    Scheme("fido:/", "passkey", "a passkey sign-in", _NOT),
    Scheme("sgnl:", "linkdevice", "a code that links a device to Signal", _NOT),
    Scheme("tsdevice:", "linkdevice", "a code that links a device to Signal", _NOT),
    Scheme("tg:", "linkdevice", "a code that links a device to Telegram", _NOT),
    Scheme("2@", "linkdevice", "a code that links a device to WhatsApp", _NOT),
    # apps
    Scheme("market:", "appstore", "a link to an app store", _NOT),
    Scheme("itms-apps:", "appstore", "a link to an app store", _NOT),
    Scheme("itms-appss:", "appstore", "a link to an app store", _NOT),
    Scheme("ms-windows-store:", "appstore", "a link to an app store", _NOT),
    # everyday codes
    Scheme("wifi:", "wifi", "a Wi-Fi password", _NOT),
    Scheme("lpa:", "esim", "a mobile phone contract (eSIM)", _NOT),
    Scheme("begin:vcard", "contact", "a contact", _NOT),
    Scheme("mecard:", "contact", "a contact", _NOT),
    Scheme("bizcard:", "contact", "a contact", _NOT),
    Scheme("begin:vevent", "event", "a calendar entry", _NOT),
    Scheme("begin:vcalendar", "event", "a calendar entry", _NOT),
    Scheme("mailto:", "message", "an e-mail", _NOT),
    Scheme("matmsg:", "message", "an e-mail", _NOT),
    Scheme("smsto:", "message", "a text message", _NOT),
    Scheme("sms:", "message", "a text message", _NOT),
    Scheme("tel:", "phone", "a phone number", _NOT),
    Scheme("geo:", "place", "a place", _NOT),
    Scheme("bitcoin:", "payment", "a payment", _NOT),
    Scheme("ethereum:", "payment", "a payment", _NOT),
    Scheme("bcd\n", "payment", "a bank transfer", _NOT),
    Scheme("bcd\r\n", "payment", "a bank transfer", _NOT),
    Scheme("spc\n", "payment", "a bank transfer", _NOT),
    Scheme("spc\r\n", "payment", "a bank transfer", _NOT),
    Scheme("upi:", "payment", "a payment", _NOT),
)
"""Texts by their beginning."""

HOSTS: tuple[Host, ...] = (
    Host("duosecurity.com", "/activate", "duo", "Duo Mobile", _ONLY),
    Host("duosecurity.com", "/android", "duo", "Duo Mobile", _ONLY),
    Host("duosecurity.com", "/push", "duo", "Duo Mobile", _ONLY),
    Host("s.team", "/q/", "steamguard", "the Steam app", _ONLY),
    Host("authenticator.pingone.com", "/", "pingid", "PingID", _ONLY),
    Host("authenticator.pingone.eu", "/", "pingid", "PingID", _ONLY),
    Host("wa.me", "/settings/linked_devices", "linkdevice", "a code that links a device to WhatsApp", _NOT),
    Host("signal.link", "/", "linkdevice", "a link to Signal", _NOT),
    Host("discord.com", "/ra/", "linkdevice", "a code that signs in to Discord", _NOT),
    Host("login.weixin.qq.com", "/", "linkdevice", "a code that signs in to WeChat", _NOT),
    Host("play.google.com", "/store", "appstore", "a link to an app store", _NOT),
    Host("market.android.com", "/", "appstore", "a link to an app store", _NOT),
    Host("apps.apple.com", "/", "appstore", "a link to an app store", _NOT),
    Host("itunes.apple.com", "/", "appstore", "a link to an app store", _NOT),
    Host("appsto.re", "/", "appstore", "a link to an app store", _NOT),
    Host("apps.microsoft.com", "/", "appstore", "a link to an app store", _NOT),
    Host("microsoft.com", "/store", "appstore", "a link to an app store", _NOT),
    Host("appgallery.huawei.com", "/", "appstore", "a link to an app store", _NOT),
    Host("galaxystore.samsung.com", "/", "appstore", "a link to an app store", _NOT),
    Host("f-droid.org", "/", "appstore", "a link to an app store", _NOT),
    Host("onelink.me", "/", "appstore", "a link to an app store", _NOT),
    Host(
        "aka.ms", "/getmicrosoftauthenticator", "appstore", "a link to the app Microsoft Authenticator", _NOT
    ),
    Host("aka.ms", "/authapp", "appstore", "a link to the app Microsoft Authenticator", _NOT),
    Host("authy.com", "/download", "appstore", "a link to the app Authy", _NOT),
    Host("authy.com", "/install", "appstore", "a link to the app Authy", _NOT),
    Host("duo.com", "/install", "appstore", "a link to the app Duo Mobile", _NOT),
)
"""Web links that are more than a link."""
