"""Starts a demo city, signs in as each kind of person, and lets schemathesis loose as each of them."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs/generated/openapi.json"
PATHS = json.loads(DOCUMENT.read_text())["paths"]
OPERATIONS = [operation for methods in PATHS.values() for operation in methods.values()]
# The first would end the session that the rest is tried with; the others answer without an end.
LEFT_OUT = ["signOut", "endSessions", "eraseMe"]
LEFT_OUT += [operation["operationId"] for operation in OPERATIONS if "text/event-stream" in json.dumps(operation)]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "ensure_resource_availability",
    "use_after_free",
]
PHASES = ["examples", "coverage", "fuzzing", "stateful"]
# What a server may grow by while one person is tried, in KiB. Its caches and its search index fill up.
GROWTH_KIB = 256 * 1024
ID = re.compile(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}")


def call(url, path, token=None, body=None):
    headers = {"idempotency-key": uuid.uuid4().hex, "content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers), timeout=30) as answer:
        return json.load(answer)


def sign_in(url, account, password):
    """The token of a session. Guests sign in with a code, which the demo shows."""
    login = account["login"]
    if account["role"] != "consumer":
        return call(url, "/v1/sign-in/password", body={"login": login, "password": password})["token"]
    call(url, "/v1/sign-in/codes", body={"contact": login})
    sent = next(message for message in call(url, "/demo/outbox") if message["to"] == login)
    return call(url, "/v1/sign-in/code", body={"contact": login, "code": sent["text"].split(" ")[0]})["token"]


def ids_seen(url, token):
    """Real ids by the names that fields and parameters give them, so that not every path leads nowhere."""
    names = {"merchant": set(), "offer": set()}

    def look(value, name):
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, key)
        elif isinstance(value, list):
            for inner in value:
                look(inner, name.removesuffix("s"))
        elif isinstance(value, str) and ID.fullmatch(value):
            names.setdefault(name, set()).add(value)

    asked = {path: methods["get"]["operationId"] for path, methods in PATHS.items() if "get" in methods}
    questions = [path for path, name in asked.items() if name not in LEFT_OUT]
    for _ in range(3):
        for path in questions:
            filled = re.sub(r"{(\w+)}", lambda m: next(iter(sorted(names.get(m[1], ["none"]))), "none"), path)
            try:
                look(call(url, filled, token), path.rstrip("}").rsplit("/", 1)[-1].removesuffix("s"))
            except (OSError, ValueError):
                pass  # Not for this person, or nothing there.
    kinds = {}
    for ids in names.values():
        for one in ids:
            kinds.setdefault(one[:3], set()).add(one)
    # Each name stands for every id of the kinds that were seen under it.
    return {
        name: sorted(set().union(*(kinds[one[:3]] for one in ids)))[:50] for name, ids in names.items() if ids
    }


def resident_kib(pid):
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) if found else 0


def fuzz(url, token, seconds, folder):
    """Whether everything was answered as it must be."""
    ids = folder / "ids.json"
    ids.write_text(json.dumps(ids_seen(url, token)))
    command = [sys.executable, "-m", "schemathesis.cli", "run", DOCUMENT, "--url", url]
    command += ["--max-time", str(seconds), "--phases", ",".join(PHASES), "--checks", ",".join(CHECKS)]
    command += ["--warnings", "off", "--request-timeout", "20", "--workers", "2", "--no-color", "--continue-on-failure"]
    command += [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
    if seed := os.environ.get("QIAO_FUZZ_SEED"):
        command += ["--seed", seed]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "QIAO_FUZZ_IDS": str(ids)}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    cases = re.search(r"([\d,]+) generated", done.stdout)
    print(f"  {cases[1] if cases else 'no'} cases")
    if done.returncode != 0:
        print(done.stdout[-20_000:], done.stderr[-2_000:])
    return done.returncode == 0


def start(program, folder):
    log = open(folder / "log", "w+")
    command = [program, "demo", "--data", folder / "data", "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    for _ in range(600):
        found = re.search(r"API  +(http://\S+)/v1", (folder / "log").read_text())
        if found:
            return server, found[1]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    server.kill()
    sys.exit(f"the demo did not start\n{(folder / 'log').read_text()}")


def main(program, seconds):
    failed = 0
    with tempfile.TemporaryDirectory(prefix="qiao-fuzz-") as name:
        folder = Path(name)
        server, url = start(Path(program).resolve(), folder)
        try:
            demo = call(url, "/demo")
            people = [("nobody", None)]
            for account in demo["accounts"]:
                people.append((account["login"], sign_in(url, account, demo["password"])))
            for person, token in people:
                print(f"fuzzing the API as {person}", flush=True)
                before = resident_kib(server.pid)
                fine = fuzz(url, token, seconds, folder)
                grown = resident_kib(server.pid) - before
                print(f"  grown by {grown} KiB to {before + grown} KiB")
                fine = fine and grown < GROWTH_KIB and server.poll() is None
                print(f"test the API as {person} ... {'ok' if fine else 'FAILED'}")
                failed += not fine
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        if "panicked at" in (folder / "log").read_text():
            print((folder / "log").read_text())
            failed += 1
    passed = max(len(people) - failed, 0)
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1], int(sys.argv[2])) else 0)
