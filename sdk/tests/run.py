"""Starts a server with an account, a site and keys, and a receiver that refuses by rule; runs each language's tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator

import httpx

HERE = Path(__file__).parent
PROGRAM = os.environ["PARLANCE_BIN"]
OWNER = {"email": "owner@shop.example", "password": "correct horse battery"}
START_SECONDS = 20
LANGUAGE_SECONDS = 240


class Refusing(BaseHTTPRequestHandler):
    """A server that refuses by rule; the rule is named by the API key."""

    protocol_version = "HTTP/1.1"
    tries: dict[str, list[str]] = {}

    def answer(self, status: int, body: Any, **headers: str) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def handle_call(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.headers["X-API-Key"]
        tries = self.tries.setdefault(name, [])
        tries.append(self.headers.get("Idempotency-Key") or "")
        rule = name.split(".")[0]
        # What a repeated call looked like: how often it came, and under how many names.
        seen = {"tries": len(tries), "names": len(set(tries)), "reply": str(len(tries))}
        if rule == "twice" and len(tries) <= 2:
            self.answer(429, {"error": "rate_limited", "message": "Slow down."}, Retry_After="0")
        elif rule == "later":
            self.answer(429, {"error": "rate_limited", "message": f"Try {len(tries)}."}, Retry_After="3600")
        elif rule == "down" and len(tries) == 1:
            self.answer(503, {"error": "storage_unavailable", "message": "Away."}, Retry_After="0")
        elif rule == "garbage":
            self.answer(502, "<html>Bad gateway</html>")
        else:
            self.answer(200, seen)

    do_GET = do_PATCH = do_POST = handle_call

    def log_message(self, *_: Any) -> None:
        pass


def start_refusing() -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def start_parlance(folder: str) -> tuple[subprocess.Popen[str], str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PARLANCE_")}
    settings |= {
        "PARLANCE_DATA_DIR": folder,
        "PARLANCE_LISTEN": "127.0.0.1:0",
        "PARLANCE_METRICS_LISTEN": "off",
        "PARLANCE_EGRESS_ALLOW": "127.0.0.0/8",
        "PARLANCE_SIGNUP": "open",
        # Three languages come from one address within a minute.
        "PARLANCE_RATE_LIMIT_SCALE": "10",
    }
    account = ["admin", "create-account", "--email", OWNER["email"], "--password", OWNER["password"], "--plan", "pro"]
    subprocess.run([PROGRAM, *account], env=settings, check=True, stdout=subprocess.DEVNULL)
    log = open(Path(folder) / "log", "w", encoding="utf-8")
    process = subprocess.Popen([PROGRAM, "serve"], env=settings, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    giving_up = threading.Timer(START_SECONDS, process.kill)
    giving_up.start()
    line = process.stdout.readline()
    giving_up.cancel()
    listening = re.match(r"listening on (http://\S+)", line)
    if not listening:
        process.kill()
        raise SystemExit(f"{PROGRAM} did not start: {line}")
    return process, listening[1]


def prepare(origin: str) -> dict[str, str]:
    """An account's key, a site that knows something, and its keys."""
    with httpx.Client(base_url=origin) as http:

        def post(path: str, body: Any, token: str | None = None) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            reply = http.post(path, json=body, headers=headers)
            reply.raise_for_status()
            return reply.json()

        token = post("/auth/login", OWNER)["access_token"]
        key = post("/api/keys", {"name": "SDK tests"}, token)["key"]
        chatbot = post("/api/chatbots", {"name": "Acme Support", "website": "https://acme.com"}, key)
        hours = "We're open Monday to Friday, 9am to 5pm."
        item = {"chatbotId": chatbot["id"], "type": "qa", "source": "What are your hours?", "content": hours}
        post("/api/knowledge", item, key)
        reveal = http.get(f"/api/chatbots/{chatbot['id']}/api-key", headers={"Authorization": f"Bearer {token}"})
        reveal.raise_for_status()
        return {"API_KEY": key, "CHATBOT_ID": chatbot["id"], "SITE_API_KEY": reveal.json()["apiKey"]}


def commands() -> Iterator[tuple[str, list[str]]]:
    yield "Python", [sys.executable, "-m", "unittest", "discover", "--start-directory", str(HERE / "python"), "--pattern", "*_test.py"]
    yield "JavaScript", ["node", "--test", "--test-reporter=tap", *map(str, sorted((HERE / "js").glob("*.test.mjs")))]
    yield "C++", [os.environ["CPP_TEST"]]


COUNTS = {
    "Python": re.compile(r"^Ran (\d+) tests?", re.MULTILINE),
    "JavaScript": re.compile(r"^# pass (\d+)", re.MULTILINE),
    "C++": re.compile(r"^(\d+) passed", re.MULTILINE),
}


def run(language: str, command: list[str], settings: dict[str, str]) -> bool:
    """Runs one language's tests; prints a line that tools/sum-tests.mjs counts."""
    done = subprocess.run(
        command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=LANGUAGE_SECONDS, check=False,
    )  # fmt: skip
    found = COUNTS[language].search(done.stdout)
    count = int(found[1]) if found else 0
    passed = done.returncode == 0 and count > 0
    if not passed:
        print(done.stdout)
    print(f"{language}:")
    print(f"test result: {'ok' if passed else 'FAILED'}. {count if passed else 0} passed; {0 if passed else 1} failed; 0 ignored")
    return passed


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        process, origin = start_parlance(folder)
        try:
            settings = prepare(origin) | {
                "PARLANCE_URL": origin,
                "CHAT247_BASE_URL": f"{origin}/api/v1",
                "REFUSING_URL": start_refusing(),
            }
            results = [run(language, command, settings) for language, command in commands()]
        finally:
            process.terminate()
            process.wait(timeout=30)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
