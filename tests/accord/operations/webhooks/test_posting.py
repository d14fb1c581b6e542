"""A message goes to a public address, or to a host that the settings name, over TLS for its host, and to no other."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from accord.operations.webhooks import posting
from accord.operations.webhooks.addresses import NotReachable, addresses_of, is_public, own_hosts, resolve
from accord.operations.webhooks.messages import Message
from accord.operations.webhooks.posting import Poster
from accord.operations.webhooks.sealing import SecretUnreadable, seal, unseal
from accord.operations.webhooks.signing import digest_of, new_signing_secret
from deploy.payloads.keys import PayloadKey, PayloadKeys
from deploy.variables import NotConfigured
from domain.webhooks.endpoint import Endpoint
from tests.accord.operations.webhooks.receiver import receiving

SECRET = new_signing_secret()
MESSAGE = Message("41-00ff", b'{"data": {"position": 41}}')
KEYS = PayloadKeys((PayloadKey(bytes(32)),))


def at(url: str) -> Endpoint:
    return Endpoint(
        name="general-ledger", url=url, hears=("fund",), after=0, sha256=digest_of(SECRET), last_day=date(2027, 6, 30)
    )


def leading_to(*addresses: str) -> Callable[[str, int], Coroutine[Any, Any, list[str]]]:
    """A look-up of names that always leads to these addresses."""

    async def lookup(host: str, port: int) -> list[str]:
        return list(addresses)

    return lookup


INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_an_address_of_the_inside_is_spoken_to_only_where_its_host_is_named(address: str) -> None:
    with pytest.raises(NotReachable, match="of this machine or of a private network; name the host in"):
        await addresses_of("hook.example.org", 443, frozenset(), leading_to("93.184.215.14", address))
    own = frozenset({"hook.example.org"})
    assert await addresses_of("hook.example.org", 443, own, leading_to(address)) == [address]


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_is_public(address: object) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_an_address_of_the_world_is_public(address: str) -> None:
    assert is_public(address)


async def test_a_number_in_another_writing_is_the_address_that_it_is() -> None:
    """Given 127.0.0.1 as one number, then it is looked up, and is of this machine."""
    assert await resolve("2130706433", 443) == ["127.0.0.1"]
    with pytest.raises(NotReachable, match=r"2130706433 is 127\.0\.0\.1"):
        await addresses_of("2130706433", 443, frozenset())


async def test_a_name_without_an_address_is_not_reachable() -> None:
    with pytest.raises(NotReachable, match=r"hook\.example\.org is not found"):
        await addresses_of("hook.example.org", 443, frozenset(), leading_to())


def test_the_setting_names_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_WEBHOOK_HOSTS", "Ledger.internal, 10.1.2.3")
    assert own_hosts() == {"ledger.internal", "10.1.2.3"}
    monkeypatch.setenv("ACCORD_WEBHOOK_HOSTS", "https://ledger.internal")
    with pytest.raises(NotConfigured, match=r"ACCORD_WEBHOOK_HOSTS: .* write names or addresses"):
        own_hosts()


async def test_a_redirect_is_not_followed_and_a_status_beside_success_is_a_fault() -> None:
    async with receiving() as receiver, receiving() as other:
        receiver.answer_with = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % other.url.encode()
        result = await Poster(at(receiver.url), SECRET, frozenset({"127.0.0.1"})).post(MESSAGE)
        assert (result.status, result.is_taken, result.fault) == (302, False, "it answered 302")
        assert other.heard == []


async def test_of_an_endless_answer_a_part_is_read_and_its_status_counts() -> None:
    async with receiving() as receiver:
        receiver.answer_with = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"a" * 100_000
        assert (await Poster(at(receiver.url), SECRET, frozenset({"127.0.0.1"})).post(MESSAGE)).is_taken


async def test_an_answer_that_never_ends_is_no_answer_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.2)
    async with receiving() as receiver:
        receiver.answer_with = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow"
        result = await Poster(at(receiver.url), SECRET, frozenset({"127.0.0.1"})).post(MESSAGE)
    assert (result.status, result.is_taken) == (None, False)
    assert result.fault.startswith("no answer within")


async def test_nobody_who_answers_is_a_result_too() -> None:
    result = await Poster(at("http://127.0.0.1:1/"), SECRET, frozenset({"127.0.0.1"})).post(MESSAGE)
    assert result.fault == "nobody answers there, or its certificate is not one of its host's"


async def test_a_fault_that_nobody_foresaw_is_a_result_too() -> None:
    async def broken(host: str, port: int) -> list[str]:
        raise LookupError(host)

    result = await Poster(at("https://hook.example.org"), SECRET, frozenset(), broken).post(MESSAGE)
    assert result.fault == "it does not answer (LookupError)"


@pytest.mark.parametrize("url", ["https://[1:2]/", "https://999.1.1.1/"])
async def test_an_address_that_is_none_is_a_result_too(url: str) -> None:
    """Given an address that an earlier release took and that is none, then its own posting fails, and no other's."""
    endpoint = at("https://hook.example.org").model_copy(update={"url": url})
    assert (await Poster(endpoint, SECRET, frozenset()).post(MESSAGE)).fault.startswith("it does not answer")


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert (await Poster(at(receiver.url), SECRET, frozenset({"127.0.0.1"})).post(MESSAGE)).is_taken
        assert (len(receiver.heard), proxy.heard) == (1, [])


@pytest.mark.parametrize(("host", "fault"), [("hook.example.org", ""), ("other.example.org", "its certificate is not")])
async def test_tls_is_spoken_with_the_address_that_was_looked_at_in_the_name_of_its_host(
    tmp_path: Path, host: str, fault: str
) -> None:
    """Given a name that leads here, then the certificate must be that name's, whatever the address is."""
    server, trusting = certified(tmp_path, "hook.example.org")
    async with receiving(server) as receiver:
        url = receiver.url.replace("localhost", host)
        poster = Poster(at(url), SECRET, frozenset({host}), leading_to("127.0.0.1"), trusting)
        result = await poster.post(MESSAGE)
        assert fault in result.fault
        assert result.is_taken is not bool(fault)
        assert [f"host: {host}" in head.lower() for head in receiver.heads] == [True] * (not fault)
        await poster.close()


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", "localhost")
        poster = Poster(at(url), SECRET, frozenset({"localhost"}), leading_to("127.0.0.2", "127.0.0.1"))
        assert (await poster.post(MESSAGE)).is_taken


async def test_several_messages_go_over_one_connection() -> None:
    async with receiving() as receiver:
        poster = Poster(at(receiver.url), SECRET, frozenset({"127.0.0.1"}))
        assert all([(await poster.post(MESSAGE)).is_taken for _ in range(3)])
        assert receiver.connections == 1
        await poster.close()


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server with a certificate for a name, and of whoever trusts it."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())


def test_a_secret_is_opened_for_its_own_endpoint_alone() -> None:
    sealed, other = seal(KEYS, SECRET), new_signing_secret()
    assert unseal(KEYS, digest_of(SECRET), sealed) == SECRET
    assert SECRET.encode() not in sealed.content
    with pytest.raises(SecretUnreadable, match="is not the one that was enrolled"):
        unseal(KEYS, digest_of(other), sealed)
    with pytest.raises(SecretUnreadable, match="is not the one that was enrolled"):
        unseal(KEYS, digest_of(SECRET), seal(KEYS, other))
    with pytest.raises(SecretUnreadable, match="which the ring lacks; put that back"):
        unseal(PayloadKeys((PayloadKey(bytes([1]) * 32),)), digest_of(SECRET), sealed)
