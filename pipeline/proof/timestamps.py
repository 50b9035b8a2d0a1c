"""Trusted time stamps (RFC 3161) of the chain of seals. The only door to rfc3161-client, which is an extra.

What is stamped is the digest of the chain's last link, so that one stamp proves when all before it existed at the
latest. A stamp stands in `archive/stamps/NUMBER.tsr`, under the link's number, with the certificates that it is
checked with beside it (`NUMBER.pem`). Others check it with
`openssl ts -verify -digest DIGEST -in NUMBER.tsr -CAfile NUMBER.pem`.
"""

from __future__ import annotations

import hashlib
import http.client
import importlib
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pipeline.proof.chain import CHAIN, Fault, Link, read_chain

TIMEOUT = 30.0  # seconds that an authority has to answer
ANSWER_BYTES = 1 << 20
FOLDER = "stamps"


class StampError(Exception):
    """A stamp that could not be had, or that does not hold: why, in one line."""


class MissingError(Exception):
    """The extra is not installed: how to have it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp that holds says. `root` names who vouches for it: subject and SHA-256 of a root certificate."""

    number: int
    at: datetime
    root: str


def stamp(archive: Path, url: str, certificate: Path) -> Stamp | None:
    """Have the chain's last link stamped, check the answer and keep it; None when that link has its stamp.

    `url` is the authority's address, `certificate` a PEM file of the certificates that its answers are checked with:
    its root, and those between where the answers do not hold them. Raises StampError; nothing is kept then.
    """
    chain = archive / CHAIN
    links, _ = read_chain(chain.read_bytes()) if chain.exists() else ([], [])
    if not links or _path(archive, links[-1].number, "tsr").exists():
        return None
    head = links[-1]
    try:
        certificates = certificate.read_bytes()
    except OSError as error:
        raise StampError(f"{certificate}: {error.strerror}") from None
    answer = _asked(url, _request(head))
    found = check(answer, head, certificates)
    for kind, content in (("pem", certificates), ("tsr", answer)):
        path = _path(archive, head.number, kind)
        path.parent.mkdir(exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    return found


def check(answer: bytes, link: Link, certificates: bytes) -> Stamp:
    """What a stamp of a link says. Raises StampError when it does not hold, for whatever reason."""
    rfc3161 = _library()
    try:
        known = x509.load_pem_x509_certificates(certificates)
        roots = [one for one in known if one.issuer == one.subject]
        verifier = rfc3161.VerifierBuilder(roots=roots, intermediates=[one for one in known if one not in roots])
        said = rfc3161.decode_timestamp_response(answer)
        verifier.build().verify(said, bytes.fromhex(link.digest))
        at = said.tst_info.gen_time.astimezone(UTC)
    except (ValueError, TypeError, rfc3161.VerificationError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise StampError(f"the stamp of link {link.number} does not hold: {why}") from None
    fingerprints = ", ".join(f"{one.subject.rfc4514_string()} ({_fingerprint(one)})" for one in roots)
    return Stamp(link.number, at, fingerprints)


def stamps(files: Mapping[str, bytes], links: Sequence[Link]) -> Iterator[Stamp | Fault]:
    """Each stamp among `files` (name to content, `NUMBER.tsr` beside `NUMBER.pem`) that holds, or why it does not."""
    by_number = {f"{link.number:06d}": link for link in links}
    for name in sorted(files):
        stem, _, kind = name.rpartition(".")
        if kind != "tsr":
            continue
        if stem not in by_number:
            yield Fault(name, "stamps no link of the chain")
            continue
        try:
            yield check(files[name], by_number[stem], files.get(f"{stem}.pem", b""))
        except StampError as error:
            yield Fault(name, str(error))


def stamp_files(archive: Path, first: int = 1) -> dict[str, bytes]:
    """The stamps of the links from `first` on and their certificates, by name."""
    return {
        path.name: path.read_bytes()
        for path in sorted((archive / FOLDER).glob("[0-9]*.*"))
        if path.suffix in {".tsr", ".pem"} and path.stem.isdigit() and int(path.stem) >= first
    }


def last_stamped(archive: Path) -> datetime | None:
    """When the newest stamp was kept."""
    times = [path.stat().st_mtime for path in (archive / FOLDER).glob("*.tsr")]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _request(link: Link) -> bytes:
    rfc3161 = _library()
    builder = rfc3161.TimestampRequestBuilder().data(link.content.encode()).hash_algorithm(rfc3161.HashAlgorithm.SHA256)
    return bytes(builder.build().as_bytes())


def _asked(url: str, request: bytes) -> bytes:
    asked = urllib.request.Request(url, request, {"Content-Type": "application/timestamp-query"})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310 (the operator's own setting)
            return bytes(answer.read(ANSWER_BYTES))
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise StampError(f"the authority {url} does not answer: {' '.join(str(why).split())[:200]}") from None


def _library() -> ModuleType:
    try:
        return importlib.import_module("rfc3161_client")
    except ImportError:
        raise MissingError("time stamps need rfc3161-client: pip install 'vigie[timestamps]'") from None


def _fingerprint(certificate: x509.Certificate) -> str:
    return f"SHA-256 {hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()}"


def _path(archive: Path, number: int, kind: str) -> Path:
    return archive / FOLDER / f"{number:06d}.{kind}"
