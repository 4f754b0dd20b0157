"""Certificates of an own authority, as administrators have them."""

import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_folders = {}


def to_pem(data):
    """PEM text of one or more certificates given as PEM or DER bytes (Windows exports
    both under the same ending); ``ValueError`` for anything else, keys included."""
    if b"-----BEGIN" in data:
        found = x509.load_pem_x509_certificates(data)
    else:
        found = [x509.load_der_x509_certificate(data)]
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in found)


def subjects(pem):
    """Names of the certificates in a PEM text, to show what was uploaded."""
    found = x509.load_pem_x509_certificates(pem.encode())
    return ", ".join(one.subject.rfc4514_string() for one in found)


def path_of(pem):
    """A file with this text, for a library that takes paths only.

    It lies in a folder that only this process may write: a name under /tmp that others
    can guess would let them swap the authority.
    """
    path = _folder() / f"{hashlib.sha256(pem.encode()).hexdigest()}.pem"
    if not path.exists():
        part = path.with_suffix(f".{threading.get_ident()}")
        part.write_text(pem)
        part.rename(path)
    return str(path)


def _folder():
    """This process's own: a forked worker must not clean up its parent's."""
    owner = os.getpid()
    if owner not in _folders:
        _folders[owner] = Path(tempfile.mkdtemp(prefix="infor-crm-ca-"))
        atexit.register(_remove, owner)
    return _folders[owner]


def _remove(owner):
    if owner == os.getpid():
        shutil.rmtree(_folders[owner], ignore_errors=True)
