"""An HTTP server and an SMTP server on loopback that keep what they were sent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HttpLog:
    """`status` is what the server answers next; 0 means nothing at all. `answers` are headers it adds."""

    url: str = ""
    place: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    status: int = 204
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hangs_until: threading.Event = field(default_factory=threading.Event)


@dataclass
class MailLog:
    port: int = 0
    refuses: set[str] = field(default_factory=set)
    farewell: str = "221 bye"
    senders: list[str] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)


@contextmanager
def http_server() -> Iterator[HttpLog]:
    log = HttpLog()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            log.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            log.headers.append(dict(self.headers))
            if log.status == 0:
                log.hangs_until.wait(10)
                return
            self.send_response(log.status)
            if 300 <= log.status < 400:
                self.send_header("Location", f"{log.url}/elsewhere")
            for name, value in log.answers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Tests look at the log, not at the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        log.place = f"127.0.0.1:{server.server_port}"
        log.url = f"http://127.0.0.1:{server.server_port}/services/T0/token"
        yield log
        log.hangs_until.set()


@contextmanager
def smtp_server() -> Iterator[MailLog]:
    """As much of RFC 5321 as smtplib needs; neither TLS nor logins."""
    log = MailLog()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 tape.example")
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb, _, rest = line.partition(":")
                verb = verb.split()[0].upper()
                address = rest.partition(">")[0].strip(" <")
                if verb == "EHLO":
                    self.say("250-tape.example\r\n250 8BITMIME")
                elif verb == "MAIL":
                    log.senders.append(address)
                    to = []
                    self.say("250 ok")
                elif verb == "RCPT" and address in log.refuses:
                    self.say("550 no such\r\n")
                elif verb == "RCPT":
                    to.append(address)
                    self.say("250 ok")
                elif verb == "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    log.mails.append(b"".join(part[1:] if part.startswith(b".") else part for part in lines))
                    log.recipients.append(to)
                    self.say("250 kept")
                elif verb == "QUIT":
                    self.say(log.farewell)
                    return
                else:
                    self.say("250 ok" if verb in ("RSET", "NOOP") else "502 not here")

        def say(self, line: str) -> None:
            self.wfile.write(line.strip().encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        log.port = server.server_address[1]
        yield log


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
