"""Linked portals: their origins, and the policy of who gets a code."""
