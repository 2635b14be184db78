"""cryptography: keys, certificates and requests by their DER, whose objects are of compiled code; a private key is kept as any variable is."""

from __future__ import annotations

from typing import Any

from . import reducer

_RUST = "cryptography.hazmat.bindings._rust"
_KINDS = {
    "rsa": "RSA",
    "dsa": "DSA",
    "dh": "DH",
    "ec": "EC",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
    "x25519": "X25519",
    "x448": "X448",
}
_PRIVATE = [f"{_RUST}.openssl.{module}:{kind}PrivateKey" for module, kind in _KINDS.items()]
_PUBLIC = [f"{_RUST}.openssl.{module}:{kind}PublicKey" for module, kind in _KINDS.items()]
_LOADERS = {
    "Certificate": "load_der_x509_certificate",
    "CertificateSigningRequest": "load_der_x509_csr",
    "CertificateRevocationList": "load_der_x509_crl",
}
_NUMBERS = {
    "RSAPublicNumbers": ("e", "n"),
    "RSAPrivateNumbers": ("p", "q", "d", "dmp1", "dmq1", "iqmp", "public_numbers"),
    "EllipticCurvePublicNumbers": ("x", "y", "curve"),
    "EllipticCurvePrivateNumbers": ("private_value", "public_numbers"),
}


@reducer(*_PRIVATE)
def private_key(value: Any) -> Any:
    from cryptography.hazmat.primitives import serialization as how

    return make_private_key, (value.private_bytes(how.Encoding.DER, how.PrivateFormat.PKCS8, how.NoEncryption()),)


def make_private_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(data, None)


@reducer(*_PUBLIC)
def public_key(value: Any) -> Any:
    from cryptography.hazmat.primitives import serialization as how

    return make_public_key, (value.public_bytes(how.Encoding.DER, how.PublicFormat.SubjectPublicKeyInfo),)


def make_public_key(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return load_der_public_key(data)


@reducer(*(f"{_RUST}.x509:{name}" for name in _LOADERS))
def certificate(value: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return make_certificate, (_LOADERS[type(value).__name__], value.public_bytes(Encoding.DER))


def make_certificate(loader: str, data: bytes) -> Any:
    from cryptography import x509

    return getattr(x509, loader)(data)


@reducer(
    *(f"cryptography.hazmat.primitives.asymmetric.{module}:{name}" for module in ("rsa", "ec") for name in _NUMBERS)
)
def numbers(value: Any) -> Any:
    return type(value), tuple(getattr(value, name) for name in _NUMBERS[type(value).__name__])


@reducer(f"{_RUST}:ObjectIdentifier")
def identifier(value: Any) -> Any:
    return type(value), (value.dotted_string,)


_FORMATS = ("Encoding", "PrivateFormat", "PublicFormat", "ParameterFormat")


@reducer(*(f"cryptography.hazmat.primitives._serialization:{name}" for name in _FORMATS))
def choice(value: Any) -> Any:
    return getattr, (type(value), repr(value).rpartition(".")[2])
