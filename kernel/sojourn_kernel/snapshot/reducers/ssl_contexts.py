"""TLS contexts, which every client of a web API holds: made again with the settings and the authorities that they trust.

A context gives away no private key, nor the protocols that it offers: where a cell's code may have given it such, that is told.
"""

from __future__ import annotations

import functools
import re
import ssl
import sys
from typing import Any

from . import KeptBut, reducer

_SETTINGS = (
    "verify_mode", "verify_flags", "options", "minimum_version", "maximum_version", "post_handshake_auth", "hostname_checks_common_name",
    "keylog_filename", "sni_callback", "check_hostname",
)  # fmt: skip
"""In this order: names can be checked only where a certificate is asked for."""
_UNSEEN = re.compile(r"\b(load_cert_chain|load_dh_params|set_alpn_protocols|set_ecdh_curve)\b|\bcert\s*=")


@reducer("ssl:SSLContext")
def context(value: Any) -> Any:
    settings = {name: getattr(value, name) for name in _SETTINGS if getattr(value, name, None) is not None}
    plain = ssl.SSLContext(value.protocol)
    ciphers, usual = ([one["name"] for one in each.get_ciphers()] for each in (value, plain))
    authorities = value.get_ca_certs(binary_form=True)
    given = {
        "settings": settings,
        "ciphers": None if ciphers == usual else ":".join(name for name in ciphers if not name.startswith("TLS_")),
        "authorities": next((place for place in _PLACES if _has(place, authorities)), authorities),
    }
    reduced = new_context, (type(value), value.protocol, given)
    cells = (cell for cell in vars(sys.modules["__main__"]).get("_ih", ()) if isinstance(cell, str))
    if found := next((match for cell in cells if (match := _UNSEEN.search(cell))), None):
        raise KeptBut(reduced, f"what it was given by {found[0]} can't be read out, and has to be given again")
    return reduced


def new_context(cls: Any, protocol: Any, given: dict[str, Any]) -> Any:
    made = cls(protocol)
    made.check_hostname = False
    for name, value in given["settings"].items():
        setattr(made, name, value)
    if given["ciphers"]:
        made.set_ciphers(given["ciphers"])
    trusted = given["authorities"]
    if isinstance(trusted, str):
        _load(made, trusted)
    elif trusted:
        made.load_verify_locations(cadata=b"".join(trusted))
    return made


_PLACES = ("certifi", "system")


def _load(made: ssl.SSLContext, place: str) -> None:
    if place == "system":
        made.load_default_certs()
        return
    import certifi

    made.load_verify_locations(cafile=certifi.where())


def _has(place: str, authorities: list[bytes]) -> bool:
    """Whether these are the authorities that a place has: then its own are taken where the session goes on."""
    return bool(authorities) and (place != "certifi" or "certifi" in sys.modules) and _of(place) == set(authorities)


@functools.cache
def _of(place: str) -> set[bytes]:
    probe = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _load(probe, place)
    return set(probe.get_ca_certs(binary_form=True))
