"""Names that browsers, host and extension must agree on; a test holds them against the manifests."""

HOST_NAME = "auto2fa.host"
"""Name of the native-messaging host."""

CHROMIUM_ID = "ienhbbnclapggadmgoiflalpmnfnpplj"
"""The extension's id in Chromium browsers; follows from the public ``key`` in ``manifest/chromium.json``."""

CHROMIUM_ORIGIN = f"chrome-extension://{CHROMIUM_ID}/"

FIREFOX_ID = "{148f39ec-be1b-45d4-b3b9-efde7565ed09}"
"""The add-on's id in Firefox browsers (``browser_specific_settings.gecko.id``)."""
