"""Numbered errors with a stable name, what happened, and what to do next.

Numbers -32700 to -32603 are JSON-RPC 2.0's own (section 5.1); ours start at 1000 and are never given away
again. The extension translates by name and falls back to these English sentences.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One line of the error table."""

    number: int
    message: str
    next: str


ERRORS: dict[str, Kind] = {
    # JSON-RPC 2.0, section 5.1
    "parseError": Kind(-32700, "The browser sent a message that is not JSON.", "Restart the browser."),
    "invalidRequest": Kind(
        -32600,
        "The browser sent a message that is not a request.",
        "Update the extension and the host to the same version.",
    ),
    "methodNotFound": Kind(
        -32601,
        "The host does not know the request “{verb}”.",
        "Update the host: run “auto2fa install” from the newer version.",
    ),
    "invalidParams": Kind(
        -32602,
        "The request “{verb}” has a wrong part: {detail}.",
        "Update the extension and the host to the same version.",
    ),
    "internal": Kind(
        -32603,
        "Something went wrong inside the host ({detail}).",
        "Try again; if it stays, run “auto2fa doctor” and report what it prints.",
    ),
    # channel
    "messageTooLarge": Kind(
        1000,
        "That is larger than the {limit} MB that fit into one message.",
        "Use a smaller picture or file.",
    ),
    "wrongProtocol": Kind(
        1001,
        "The extension and the host speak different versions ({theirs} and {ours}).",
        "Update both, then restart the browser.",
    ),
    "callerRefused": Kind(
        1002,
        "The host was started by something that is not the Auto 2FA extension.",
        "Run “auto2fa install” again, then restart the browser.",
    ),
    # keyring
    "keyringLocked": Kind(
        1100,
        "Your keyring is locked.",
        "Unlock it; your system asks for its password. If nothing asks, log in to your computer again.",
    ),
    "keyringMissing": Kind(
        1101,
        "No keyring was found on this computer.",
        "Install one: on Debian and Ubuntu “sudo apt install gnome-keyring”, on KDE “kwalletmanager”; then log in again.",
    ),
    "keyringUnsafe": Kind(
        1102,
        "The keyring in use ({backend}) would keep secrets unprotected, so it is refused.",
        "Install gnome-keyring or KWallet, or remove the setting that chooses this backend, then log in again.",
    ),
    "keyringFailed": Kind(
        1103, "The keyring did not answer ({detail}).", "Log out and in again; “auto2fa doctor” says more."
    ),
    "secretMissing": Kind(
        1104,
        "The keyring no longer holds this account's secret.",
        "Activate Auto 2FA for this portal again; if you have a backup, import it.",
    ),
    # index
    "diskFull": Kind(
        1200, "The disk is full, so nothing was changed.", "Make room on the disk, then try again."
    ),
    "indexBroken": Kind(
        1201,
        "The list of portals could not be read ({detail}).",
        "Run “auto2fa doctor”; your secrets are safe in the keyring.",
    ),
    "indexNewer": Kind(1202, "The list of portals was written by a newer Auto 2FA.", "Update this one."),
    "indexBusy": Kind(1203, "Another Auto 2FA is writing at this moment.", "Try again in a moment."),
    # portals and policy
    "notLinked": Kind(
        1300, "{origin} is not linked.", "Open the popup on that page and choose “Link this site”."
    ),
    "notSecure": Kind(
        1301, "{origin} is not encrypted (no https), so no code is given to it.", "Open the portal by https."
    ),
    "frameNotLinked": Kind(
        1302,
        "The code is asked for inside a frame of {origin}, which this portal does not list.",
        "If you trust it, add that site in the portal's settings.",
    ),
    "badUrl": Kind(
        1303,
        "“{url}” is not the address of a web site.",
        "Enter it as in the browser, for example https://portal.example.",
    ),
    "originTaken": Kind(
        1304,
        "{origin} belongs to the portal “{portal}” already.",
        "Open that portal, or remove the site there first.",
    ),
    "noSuchPortal": Kind(
        1305, "That portal is not linked any more.", "Open Companies and portals to see what is."
    ),
    "noSuchAccount": Kind(
        1306, "That account is not there any more.", "Open Companies and portals to see what is."
    ),
    "noFactor": Kind(1307, "No second factor is set up for {portal}.", "Choose “Activate Auto 2FA”."),
    "lastOrigin": Kind(1308, "A portal needs at least one site.", "Unlink the portal instead."),
    "stopped": Kind(
        1309,
        "The portal refused two codes of this account, so Auto 2FA stopped before it gets locked.",
        "Check the portal; then fill by hand from the popup, or activate Auto 2FA again with a new QR code.",
    ),
    "noSuchRelease": Kind(1310, "That code is not in the log any more.", "Reload the portal's page."),
    "chooseAccount": Kind(1311, "{portal} has several accounts: {names}.", "Say which one: --account NAME."),
    "accountTaken": Kind(
        1312,
        "{portal} has an account “{account}” already.",
        "Give --replace to put this factor in its place (the earlier one can be taken back for 30 days), or another --account.",
    ),
    "unclear": Kind(
        1313,
        "Auto 2FA filled several codes here and could not see whether the portal took any, so it stopped before the account gets locked.",
        "Sign in once by hand, or fill from the popup. When a code is seen to be taken, it goes on by itself.",
    ),
    # enrolment
    "handleExpired": Kind(
        1400,
        "What was read has been forgotten: too much time passed, or the host was restarted.",
        "Capture the QR code or enter the key again. Nothing was changed.",
    ),
    "notPending": Kind(
        1401, "The key is shown only until the factor is proven.", "Use “auto2fa export” in a terminal."
    ),
    "notProven": Kind(
        1402,
        "This factor is not proven yet, so the old one stays in use.",
        "Type the portal's code once, or compare with your authenticator app.",
    ),
    "notRestorable": Kind(
        1403,
        "The earlier factor can no longer be taken back.",
        "Activate Auto 2FA again with the portal's QR code.",
    ),
    "duplicateAccount": Kind(
        1404,
        "This very factor is there already ({account}).",
        "Nothing to do; remove the old one first if you meant to set it up anew.",
    ),
    "tooManyAccounts": Kind(
        1405,
        "The portal “{portal}” would have more than {limit} accounts.",
        "Give some of the accounts to other portals, or leave out what is not needed.",
    ),
    # pictures
    "noCodeFound": Kind(
        1500,
        "No QR code was found in this picture.",
        "Make the code larger on the screen, keep a bright margin around it, and try again; or use the key in letters.",
    ),
    "notAPicture": Kind(
        1501,
        "This file is not a picture.",
        "Choose a screenshot or photo (PNG, JPEG, WebP, AVIF, HEIC, GIF, TIFF, BMP or PDF).",
    ),
    "pictureTooLarge": Kind(
        1502, "This picture has more pixels than can be read ({detail}).", "Crop it to the QR code."
    ),
    "pictureBroken": Kind(1503, "This picture's file is damaged or cut off.", "Save or take it again."),
    "notASecondFactor": Kind(
        1504,
        "This QR code holds {what}, not a second factor.",
        "Look for the code that the portal shows under “authenticator app”.",
    ),
    "proprietaryCode": Kind(
        1505,
        "This QR code is made for {app} only.",
        "On the portal choose “a different authenticator app”, then use the code shown there.",
    ),
    "noScreen": Kind(
        1508,
        "No picture of the screen could be taken ({detail}).",
        "Take a screenshot yourself and choose its file, or run “auto2fa decode FILE”.",
    ),
    "pictureLocked": Kind(
        1507,
        "This PDF file is protected by a password.",
        "Save it without the password, or take a screenshot of the code.",
    ),
    "severalCodes": Kind(
        1506, "This picture holds {count} second factors.", "Crop it to one, or use “auto2fa import”."
    ),
    "noSuchFile": Kind(
        1509, "The file “{file}” could not be read ({detail}).", "Check its name and that you may read it."
    ),
    # keys
    "badKey": Kind(
        1600,
        "This is not a security key: {detail}.",
        "Copy it again from the portal; keys are made of the letters A to Z and the digits 2 to 7.",
    ),
    "keyTooShort": Kind(1601, "This key is too short ({bits} bits) to be one.", "Copy the whole key."),
    "badUri": Kind(
        1602, "This otpauth address cannot be used: {detail}.", "Ask the portal for a new QR code."
    ),
    "badNumber": Kind(1603, "{detail}.", "Change it, or leave the field empty for the usual value."),
    # import
    "unknownFormat": Kind(
        1700,
        "This file is not an export of an authenticator app that is known here.",
        "Export as described under “From my authenticator app”.",
    ),
    "wrongPassword": Kind(1701, "The password does not open this file.", "Try again."),
    "exportBroken": Kind(1702, "This export is damaged: {detail}.", "Export it again."),
    # phone
    "phoneNumber": Kind(
        1800,
        "“{number}” is not a mobile number: {detail}.",
        "Enter it with the country code, for example +49 151 23456789.",
    ),
    "smsNotSet": Kind(
        1801,
        "No SMS provider is set up.",
        "Scan the code with the phone, or set one up: “auto2fa sms set”.",
    ),
    "smsFailed": Kind(
        1802,
        "The message was not sent through the SMS provider: {detail}.",
        "Check the account there, or scan the code with the phone.",
    ),
    "smsTooMany": Kind(
        1803, "Too many messages were sent in the last hour.", "Wait, or scan the code with the phone."
    ),
    "noNetwork": Kind(
        1804,
        "This computer has no local network that a phone could reach.",
        "Connect to the same Wi-Fi as the phone, or use a relay.",
    ),
    "linkGone": Kind(1805, "The phone link has expired.", "Open a new one."),
    "relayFailed": Kind(
        1806, "The relay did not answer ({detail}).", "Check its address, or use the local network."
    ),
    "relayAddress": Kind(
        1807,
        "“{relay}” cannot be a relay's address.",
        "It begins with https://, like https://relay.example, and holds no password.",
    ),
    "notOpened": Kind(
        1808,
        "A photo came that was not encrypted for this computer, or was changed on its way.",
        "Open a new link, and use it whole.",
    ),
    "relayToken": Kind(
        1809,
        "The relay {relay} asks for an access token, and this computer has none that it knows.",
        "Ask the relay's operator for it, then: “auto2fa relay token {relay}”.",
    ),
    # set-up
    "unknownBrowser": Kind(1900, "The browser “{browser}” is not known here.", "Known ones: {known}."),
    "notOurFolder": Kind(
        1901,
        "{folder} holds something other than the extension, so nothing was written there.",
        "Choose a new or empty folder.",
    ),
    "productMissing": Kind(
        1902, "This installation has no folder “{folder}”.", "Install Auto 2FA again, from its full source."
    ),
    "cannotWrite": Kind(
        1903, "{path} could not be written ({detail}).", "Check its permissions and the disk."
    ),
}
"""Every error by its stable name."""


class Auto2faError(Exception):
    """An error with a name from :data:`ERRORS`; its text is meant for the user."""

    def __init__(self, name: str, **params: object) -> None:
        self.name = name
        self.params = params
        self.kind = ERRORS[name]
        super().__init__(f"{self.message} {self.next}")

    @property
    def message(self) -> str:
        """What happened and why, in the user's words."""
        return self.kind.message.format(**self.params)

    @property
    def next(self) -> str:
        """What to do next."""
        return self.kind.next.format(**self.params)
