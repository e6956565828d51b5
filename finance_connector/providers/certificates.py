"""Whether a certificate is a provider's: valid now, in the name of one of its hosts, and issued, through the ones that came with
it, by an authority that is trusted. Nothing is fetched."""

import re
from datetime import timezone
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_LONGEST_CHAIN = 5


def load(pem):
    """The certificates in ``pem`` (bytes), in their order. Raises ValueError for one that is none."""
    return [x509.load_pem_x509_certificate(part + b"\n") for part in _PEM.findall(pem)]


@lru_cache(maxsize=1)
def public_anchors():
    """The public authorities by subject, from the bundle that `requests` uses."""
    import certifi

    return _by_subject(load(Path(certifi.where()).read_bytes()))


def _by_subject(certificates):
    found = {}
    for certificate in certificates:
        found.setdefault(certificate.subject.public_bytes(), []).append(certificate)
    return found


def trusted_signer(trust, domain, now):
    """The signer's certificate of a `core.records.Trust`, if it may be trusted at ``now`` (aware datetime) and is in the name of
    a host below ``domain``; otherwise None."""
    try:
        chain = load(trust.certificate)
        own = _by_subject(load(trust.anchors))
        if chain and _named(chain[0], domain) and _leads_to_anchor(chain[0], _by_subject(chain[1:]), own, now):
            return chain[0]
    except (ValueError, UnsupportedAlgorithm):
        return None
    return None


def _named(certificate, domain):
    """Whether the certificate is in the name of a host below ``domain``."""
    names = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return any(type(name) is str and name.lower().endswith(domain) for name in names)


def _leads_to_anchor(certificate, between, own, now):
    for _step in range(_LONGEST_CHAIN):
        if not _valid(certificate, now):
            return False
        issuer = certificate.issuer.public_bytes()
        for anchors in (own, public_anchors()):
            if any(_valid(one, now) and (one == certificate or _issued(certificate, one)) for one in anchors.get(issuer, ())):
                return True
        following = [one for one in between.get(issuer, ()) if one != certificate and _issued(certificate, one)]
        if not following:
            return False
        certificate = following[0]
    return False


def _valid(certificate, now):
    after = certificate.not_valid_before.replace(tzinfo=timezone.utc)
    return after <= now <= certificate.not_valid_after.replace(tzinfo=timezone.utc)


def _issued(certificate, issuer):
    """Whether ``issuer`` may issue certificates and has signed this one."""
    try:
        constraints = issuer.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value
    except x509.ExtensionNotFound:
        return False
    key, algorithm = issuer.public_key(), certificate.signature_hash_algorithm
    if not constraints.ca or algorithm is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(certificate.signature, certificate.tbs_certificate_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True
