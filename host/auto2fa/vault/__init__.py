"""What is kept: secrets in the operating system's keyring, everything else in a small SQLite index."""
