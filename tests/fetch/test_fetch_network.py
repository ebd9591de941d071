from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from threading import Thread

import pytest

from labtape.addresses import allowed_hosts, is_public
from labtape.exceptions import FetchError, SettingsError
from labtape.fetch import HttpFetcher, fetcher
from labtape.fetch.network import Deadline, GuardedBackend


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "192.0.2.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
     "2002:a00:1::1", "2001:db8::1", "no address", "", "127.0.0.1.nip.io"],
)  # fmt: skip
def test_an_address_that_is_not_the_public_internet_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "word",
    [
        "127.0.0.1",
        "localhost:",
        ":80",
        "host:http",
        "host:0",
        "host:70000",
        "",
        "http://a.example:80",
        "*:80",
        "a b:80",
        "me@a.example:80",
        "[]:80",
    ],
)
def test_an_allowed_place_needs_host_and_port(word):
    with pytest.raises(SettingsError, match="host:port"):
        allowed_hosts([word])
    with pytest.raises(SettingsError, match="allow_private"):
        fetcher(allow_private=[word])


def test_a_name_whose_answer_changes_is_connected_only_to_what_was_checked(server):
    answers = iter([["10.0.0.1"], ["127.0.0.1"]])
    backend = GuardedBackend(Deadline(2), frozenset(), lambda host, port: next(answers))
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, no public address"):
        backend.connect_tcp("rebinding.example", server.server_port)
    assert next(answers) == ["127.0.0.1"]  # asked once: what was checked is what would have been connected


def test_a_private_answer_beside_a_public_one_is_never_tried(server):
    asked = ["127.0.0.1", "192.0.2.1", "::1"]
    backend = GuardedBackend(Deadline(2), frozenset(), lambda host, port: asked)
    with pytest.raises(FetchError) as caught:
        backend.connect_tcp("mixed.example", server.server_port)
    assert caught.value.kind == "forbidden_address"


def test_a_strangers_name_for_an_allowed_machine_is_not_allowed(server):
    backend = GuardedBackend(Deadline(2), allowed_hosts([server.place]), lambda host, port: ["127.0.0.1"])
    with pytest.raises(FetchError, match="no public address"):
        backend.connect_tcp("stranger.example", server.server_port)


def test_a_resolver_that_hangs_does_not_outlive_the_deadline():
    def hang(host: str, port: int) -> list[str]:
        time.sleep(3)
        return []

    start = time.monotonic()
    with pytest.raises(FetchError) as caught:
        GuardedBackend(Deadline(0.3), frozenset(), hang).connect_tcp("slow.example", 80)
    assert caught.value.kind == "timeout"
    assert time.monotonic() - start < 2


def test_a_name_that_does_not_resolve_is_a_dns_error():
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError) as caught:
        GuardedBackend(Deadline(1), frozenset(), unknown).connect_tcp("nobody.example", 80)
    assert caught.value.kind == "dns"


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        Thread(target=_speak_tls, args=(listener, context, 2), daemon=True).start()
        distrusting = HttpFetcher(deadline=5, allow_private=(f"127.0.0.1:{port}",))
        with pytest.raises(FetchError) as caught:
            distrusting.fetch(f"https://127.0.0.1:{port}/")
        assert caught.value.kind == "tls"
        trusting = HttpFetcher(deadline=5, allow_private=(f"127.0.0.1:{port}",), ca_file=cert)
        assert trusting.fetch(f"https://127.0.0.1:{port}/").body == b"ok"


def _speak_tls(listener: socket.socket, context: ssl.SSLContext, times: int) -> None:
    for _ in range(times):
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as secure:
                secure.recv(4096)
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except OSError:
            plain.close()
