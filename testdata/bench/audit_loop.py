"""The plain loop that a user would write: pages of the audit log into SQLite, daily NDJSON files or CSV.

It is what `make bench-audit` compares the program with. It commits as durably (one transaction for each page, flushed to the
disk), takes each id once, and masks values by the words that their names end with. It has no rules for the forms of tokens.

    python3 audit_loop.py URL sqlite|ndjson|csv TARGET
"""

import csv
import json
import os
import sqlite3
import sys
import urllib.parse
import urllib.request

SECRET = ("password", "passwd", "pwd", "passphrase", "passcode", "secret", "token", "apikey", "credential", "credentials", "cookie",
          "authorization", "jwt", "dsn", "api_key", "access_key", "secret_key", "private_key", "signing_key", "encryption_key", "auth_key",
          "account_key", "routing_key", "integration_key", "connection_string")
COLUMNS = ("id", "created_at", "action", "item_type", "item_id", "item_name", "user_id", "user_name", "user_email", "source",
           "api_key_id", "ip_address", "user_agent", "request_id", "session_id", "changed_fields", "changes")


def mask(value, secret=False):
    if isinstance(value, dict):
        return {k: mask(v, secret or k.lower().replace("-", "_").endswith(SECRET)) for k, v in value.items()}
    if isinstance(value, list):
        return [mask(v, secret) for v in value]
    return "[REDACTED]" if secret and value is not None and not isinstance(value, bool) else value


def pages(url):
    after, number = "1970-01-01T00:00:00Z", 1
    while url:
        query = urllib.parse.urlencode({"sort": "created_at", "page[size]": 100, "page[number]": number, "filter[created_at][gte]": after})
        request = urllib.request.Request(url + "/v1/audits?" + query, headers={"Authorization": "Bearer token"})
        with urllib.request.urlopen(request) as answer:
            page = json.load(answer)
        yield page["data"]
        if len(page["data"]) < 100:
            return
        number += 1


def cells(event):
    a = event["attributes"]
    changes = a.get("object_changes") or {}
    name = (a.get("object") or {}).get("name", "")
    if "name" in changes and changes["name"][1]:
        name = changes["name"][1]
    text = [event["id"], a["created_at"], a["event"], a["item_type"], a["item_id"], name, a.get("user_id"), a.get("user_name"), a.get("user_email"),
            a.get("source"), a.get("api_key_id"), a.get("ip_address"), a.get("user_agent"), a.get("request_id"), a.get("session_id")]
    return ["" if t is None else str(t) for t in text] + [",".join(sorted(changes)), json.dumps(changes, ensure_ascii=False, separators=(",", ":"))]


def tables(path, kind):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    if kind == "sqlite":
        names = ", ".join(c + (" TEXT PRIMARY KEY" if c == "id" else " TEXT NOT NULL") for c in COLUMNS)
        db.execute("CREATE TABLE IF NOT EXISTS events (" + names + ", raw TEXT NOT NULL)")
        for index in ("created_at", "item_type", "item_id", "user_id", "user_email", "api_key_id", "source", "action"):
            db.execute(f"CREATE INDEX IF NOT EXISTS events_{index} ON events ({index}, created_at)")
    else:
        db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
    return db


def append(path, text):
    with open(path, "a", encoding="utf-8", newline="") as f:
        f.write(text) if isinstance(text, str) else csv.writer(f).writerows(text)
        f.flush()
        os.fsync(f.fileno())


def store(db, kind, target, events):
    db.execute("BEGIN")
    if kind == "sqlite":
        marks = ",".join("?" * (len(COLUMNS) + 1))
        db.executemany(f"INSERT OR IGNORE INTO events VALUES ({marks})", [cells(e) + [json.dumps(e, ensure_ascii=False, separators=(",", ":"))] for e in events])
    else:
        fresh = [e for e in events if db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (e["id"],)).rowcount]
        if kind == "csv":
            append(target, [cells(e) + [json.dumps(e, ensure_ascii=False, separators=(",", ":"))] for e in fresh])
        else:
            days = {}
            for e in fresh:
                line = json.dumps(e, ensure_ascii=False, separators=(",", ":")) + "\n"
                days.setdefault(e["attributes"]["created_at"][:10], []).append(line)
            for day, lines in days.items():
                append(os.path.join(target, f"audit-{day}.ndjson"), "".join(lines))
    db.execute("COMMIT")


def main(url, kind, target):
    if kind == "ndjson":
        os.makedirs(target, exist_ok=True)
    db = tables(target if kind == "sqlite" else target.rstrip("/") + ".seen.db", kind)
    for page in pages(url):
        store(db, kind, target, [mask(e) for e in page])


if __name__ == "__main__":
    main(*sys.argv[1:])
