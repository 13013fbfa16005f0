"""The phone link: a one-time page that takes an encrypted photo from a phone to this computer."""
