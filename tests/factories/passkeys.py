"""A device of software that makes and shows passkeys, as a browser would send them."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 1, 4, 64


def text(raw: bytes) -> str:
    """Return bytes as browsers write them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    """Return the bytes that a browser wrote."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


class Device:
    """Holds one passkey; `origin` is the site on which it believes to be."""

    def __init__(self, origin: str = "http://localhost", *, is_verified: bool = True) -> None:
        """Make a key of its own."""
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.count = 0
        self.flags = PRESENT | (VERIFIED if is_verified else 0)

    def made(self, options: dict[str, Any]) -> str:
        """Answer a question for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        spoken = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big")}
        spoken[-3] = numbers.y.to_bytes(32, "big")
        kept = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(spoken)
        data = self._data(options["rp"]["id"], self.flags | WITH_KEY) + kept
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options["challenge"])),
            "attestationObject": text(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._answer(response)

    def shown(self, options: dict[str, Any]) -> str:
        """Answer a question to any passkey."""
        self.count += 1
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        name = text(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _data(self, host: str, flags: int) -> bytes:
        return (
            hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()
