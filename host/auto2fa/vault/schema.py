"""The index's tables, as numbered migrations (``PRAGMA user_version``). Written once, never edited."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE portals (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        taught TEXT NOT NULL DEFAULT '{}',
        created_at INTEGER NOT NULL
    );
    CREATE TABLE origins (
        origin TEXT PRIMARY KEY,
        portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
        position INTEGER NOT NULL
    );
    CREATE INDEX origins_by_portal ON origins(portal_id, position);
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
        issuer TEXT NOT NULL,
        name TEXT NOT NULL,
        username TEXT NOT NULL,
        type TEXT NOT NULL,
        digits INTEGER NOT NULL,
        period INTEGER NOT NULL,
        algorithm TEXT NOT NULL,
        counter INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('writing', 'pending', 'active', 'replaced')),
        fingerprint TEXT NOT NULL,
        replaces TEXT,
        compared INTEGER NOT NULL DEFAULT 0,
        last_step INTEGER,
        shown_step INTEGER,
        created_at INTEGER NOT NULL,
        activated_at INTEGER,
        replaced_at INTEGER,
        last_used INTEGER,
        attention TEXT
    );
    CREATE INDEX accounts_by_portal ON accounts(portal_id, created_at);
    CREATE INDEX accounts_by_fingerprint ON accounts(fingerprint);
    CREATE TABLE releases (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        portal_id TEXT NOT NULL,
        account_id TEXT NOT NULL,
        origin TEXT NOT NULL,
        top_origin TEXT NOT NULL,
        purpose TEXT NOT NULL,
        step INTEGER,
        retry_of TEXT,
        verdict TEXT NOT NULL DEFAULT '',
        outcome TEXT NOT NULL,
        why TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX releases_by_time ON releases(at);
    CREATE INDEX releases_by_portal ON releases(portal_id, at);
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    """,
)

KEPT_RELEASES = 5000
"""The log of releases keeps this many lines."""
