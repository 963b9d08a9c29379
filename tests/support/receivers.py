"""A mail server and a web server on this machine that keep what they are sent, and can be told to refuse it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What a mail server got. ``refuses``: it answers that it cannot take letters now."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for each letter."""
        if self.refuses:
            return "451 Try again later"
        self.letters.append(message_from_bytes(envelope.content or b"", policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


class _OnAFreePort(Controller):
    """The port is the system's choice, known once the server listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def mail_server(certificate: Path | None = None, password: str = "") -> Iterator[Mailbox]:
    """A server on a free port; with a certificate it takes letters after STARTTLS and a login only."""
    box = Mailbox()
    settings: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def judge(_server: Any, _session: Session, _envelope: Envelope, _how: str, said: Any) -> AuthResult:
            right = isinstance(said, LoginPassword) and said.password == password.encode()
            return AuthResult(success=right, handled=False)

        settings = {"tls_context": context, "require_starttls": True, "authenticator": judge, "auth_required": True}
    controller = _OnAFreePort(box, hostname="127.0.0.1", port=0, ready_timeout=30, **settings)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


@dataclass
class Hook:
    """What a web server got. ``status``: what it answers."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200


@contextmanager
def web_server() -> Iterator[Hook]:
    """A server that takes JSON on a free port."""
    hook = Hook()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.status < 300:
                hook.bodies.append(json.loads(body))
            self.send_response(hook.status)
            if hook.status == 302:
                self.send_header("Location", hook.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/larm"
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()


def make_certificate(path: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file, that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path
