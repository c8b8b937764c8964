"""Ed25519 and RSA keys in every written form that the specifications name."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from .chance import Chance

# The order of the prime subgroup of Curve25519, RFC 8032 section 5.1.
ORDER = 2**252 + 27742317777372353535851937790883648493

# The identity point: the smallest of the small-order points.
IDENTITY = bytes([1]) + bytes(31)

# Small-order points, canonical and not (the lists of "Taming the many EdDSAs", section 4, table 1).
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def vkey_of(name: str, public: bytes) -> str:
    """A C2SP verifier key: name, key hash, algorithm byte 0x01 and the key."""
    return f"{name}+{note_id(name, public).hex()}+{b64(bytes([1]) + public)}"


def note_id(name: str, public: bytes, algorithm: int = 1) -> bytes:
    """The key id of C2SP signed-note: the first four bytes of a SHA-256."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


class Key:
    """An Ed25519 key pair."""

    def __init__(self, chance: Chance):
        self.seed = chance.randbytes(32)
        self._private = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def sign_with_identity_r(self, message: bytes) -> bytes:
        """A signature whose R is the identity: lenient verifiers pass it, strict ones must not.

        S B = R + h A holds for R = 0 and S = h a, so no point arithmetic is needed.
        """
        digest = bytearray(hashlib.sha512(self.seed).digest()[:32])
        digest[0] &= 248
        digest[31] = digest[31] & 127 | 64
        a = int.from_bytes(digest, "little")
        h = int.from_bytes(hashlib.sha512(IDENTITY + self.public + message).digest(), "little")
        return IDENTITY + (h * a % ORDER).to_bytes(32, "little")

    def sign_with_high_s(self, message: bytes) -> bytes:
        """The same signature with S + L, which RFC 8032 section 5.1.7 refuses."""
        good = self.sign(message)
        return good[:32] + (int.from_bytes(good[32:], "little") + ORDER).to_bytes(32, "little")

    def vkey(self, name: str) -> str:
        return vkey_of(name, self.public)

    def note_line(self, name: str, signature: bytes, algorithm: int = 1) -> str:
        return f"— {name} {b64(note_id(name, self.public, algorithm) + signature)}\n"

    @property
    def fingerprint(self) -> str:
        return "SHA256:" + b64(hashlib.sha256(self.public).digest()).rstrip("=")

    @property
    def raw(self) -> str:
        return "ed25519:" + b64(self.public)

    @property
    def openssh(self) -> str:
        return (
            self._private.public_key()
            .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
            .decode()
        )

    @property
    def pem(self) -> str:
        return (
            self._private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    @property
    def openssh_private(self) -> bytes:
        text = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        # ssh-keygen writes 70 characters a line, the library 76.
        first, *body, last = text.decode().strip().splitlines()
        packed = "".join(body)
        lines = [first, *(packed[i : i + 70] for i in range(0, len(packed), 70)), last]
        return "".join(line + "\n" for line in lines).encode()

    @property
    def did(self) -> str:
        """did:key: base58btc of the multicodec 0xed01 and the key."""
        return "did:key:z" + base58(b"\xed\x01" + self.public)


def base58(data: bytes) -> str:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


class Rsa:
    """An RSA-2048 key, as CloudTrail signs its digests with."""

    def __init__(self, chance: Chance):
        e = 65537
        while True:
            p, q = _prime(chance, 1024, e), _prime(chance, 1024, e)
            if p != q and (p * q).bit_length() == 2048:
                break
        d = pow(e, -1, (p - 1) * (q - 1))
        self._private = rsa.RSAPrivateNumbers(
            p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, p * q)
        ).private_key()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            self._private.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            return True
        except Exception:
            return False

    def der(self, form: str) -> bytes:
        """The public key as DER: `pkcs1` (as documented) or `spki` (as it also occurs)."""
        form = {"pkcs1": serialization.PublicFormat.PKCS1, "spki": serialization.PublicFormat.SubjectPublicKeyInfo}[
            form
        ]
        return self._private.public_key().public_bytes(serialization.Encoding.DER, form)


def _prime(chance: Chance, bits: int, e: int) -> int:
    small = [n for n in range(3, 2000, 2) if all(n % k for k in range(3, int(n**0.5) + 1, 2))]
    while True:
        n = chance.getrandbits(bits) | 3 << (bits - 2) | 1
        if all(n % k for k in small) and n % e != 1 and all(_probable(n, chance) for _ in range(8)):
            return n


def _probable(n: int, chance: Chance) -> bool:
    """One round of Miller and Rabin."""
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    x = pow(chance.randrange(2, n - 1), d, n)
    if x in (1, n - 1):
        return True
    for _ in range(r - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False
