"""The product's version, the same in host and extension."""

VERSION = "0.1.0"
