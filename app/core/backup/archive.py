"""The archive: a zip file whose manifest names every member with its size and hash, and a seal by
the town's key over the manifest.
"""

import hashlib
import hmac
import json
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from app.core.access import signed
from app.core.backup.errors import ArchiveRefusedError
from app.core.backup.types import (
    FORMAT,
    FORMAT_VERSION,
    Figures,
    Manifest,
    Member,
    Report,
    Watcher,
    nobody,
)

MANIFEST, SEAL = "manifest.json", "seal.json"
LARGEST_MANIFEST = 256 * 1024 * 1024
MOST_MEMBERS = 2_000_000
# Pictures do not shrink and a database shrinks some ten times; deflate can reach a thousand.
LARGEST_SWELLING = 200
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What Python raises at an archive that is none, was cut short or changed, or packed unknown ways.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RecursionError,
)
_CHUNK = 1024 * 1024
_STORED = {".webp", ".dump", ".enc"}


class Writer:
    """Puts members into a new archive and remembers their hashes."""

    def __init__(self, path: Path) -> None:
        """Begin an archive under a name that is not final."""
        self.zip = zipfile.ZipFile(path, "x", allowZip64=True)
        self.files: dict[str, Member] = {}

    def add_file(self, name: str, source: Path) -> None:
        """Add a file's content as it is while it is read."""
        with source.open("rb") as content:
            self._add(name, content)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add some bytes."""
        info = self._info(name)
        self.zip.writestr(info, content, info.compress_type)
        self.files[name] = Member(len(content), hashlib.sha256(content).hexdigest())

    def _add(self, name: str, content: IO[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self.zip.open(self._info(name), "w", force_zip64=True) as target:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.files[name] = Member(size, digest.hexdigest())

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
        is_packed = PurePosixPath(name).suffix in _STORED
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        return info

    def close(self, manifest: Manifest) -> None:
        """Write the manifest and its seal, and end the archive."""
        text = json.dumps(manifest.as_json(), ensure_ascii=False, sort_keys=True).encode()
        self.zip.writestr(self._info(MANIFEST), text, zipfile.ZIP_DEFLATED)
        seal = {"key": key_mark(), "seal": _seal(text)}
        self.zip.writestr(self._info(SEAL), json.dumps(seal).encode(), zipfile.ZIP_DEFLATED)
        self.zip.close()


def key_mark() -> str:
    """Return by what one may tell this town's key from another's, without learning it."""
    return signed("backup-key", "")[:16]


def _seal(manifest: bytes) -> str:
    return signed("backup", hashlib.sha256(manifest).hexdigest())


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive, or refuse (ArchiveRefusedError) what is none or was cut short."""
    try:
        opened_zip = zipfile.ZipFile(path)
    except FileNotFoundError as missing:
        raise ArchiveRefusedError(f"{path}: there is no such file") from missing
    except DAMAGE as refused:
        raise ArchiveRefusedError(f"{path}: no archive, or one that was cut short") from refused
    with opened_zip:
        yield opened_zip


def checked(path: Path, watch: Watcher = nobody) -> Report:
    """Read every byte of an archive and return what it holds.

    Refuses with ArchiveRefusedError what is cut short, foreign, changed, names paths outside, or
    swells beyond measure.
    """
    with opened(path) as archive:
        _check_members(path, archive)
        manifest, text = _manifest(path, archive)
        _check_listed(path, archive, manifest)
        seal = _check_seal(path, archive, text)
        for number, (name, member) in enumerate(manifest.files.items()):
            watch("checking", number, len(manifest.files))
            for _chunk in chunks(path, archive, name, member):
                pass
        watch("checking", len(manifest.files), len(manifest.files))
    return Report(str(path), path.stat().st_size, manifest, seal)


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS or len({info.filename for info in infos}) != len(infos):
        raise ArchiveRefusedError(f"{path}: too many files, or one name twice")
    for info in infos:
        _check_member(path, info)
    size = path.stat().st_size
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise ArchiveRefusedError(f"{path}: its files lie over each other")
        end = info.header_offset + info.compress_size
    if end > size or sum(info.file_size for info in infos) > LARGEST_SWELLING * size:
        raise ArchiveRefusedError(f"{path}: would swell to more than any town holds")


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(info.filename).parts
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_inside = parts and ".." not in parts and not info.filename.startswith("/")
    is_plain = info.filename.isprintable() and not {"\\", ":"} & set(info.filename)
    if not is_inside or not is_plain or info.is_dir():
        raise ArchiveRefusedError(f"{path}: names a path outside of itself: {info.filename!r}")
    if kind not in {0, stat.S_IFREG} or info.flag_bits & 0x1:
        raise ArchiveRefusedError(f"{path}: holds something that is no plain file")
    if info.compress_type not in PACKED:
        raise ArchiveRefusedError(f"{path}: {info.filename} is packed in an unknown way")


def _manifest(path: Path, archive: zipfile.ZipFile) -> tuple[Manifest, bytes]:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > LARGEST_MANIFEST:
            raise ArchiveRefusedError(f"{path}: its manifest is too long")
        text = archive.read(MANIFEST)
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise KeyError(FORMAT)
        if told["version"] > FORMAT_VERSION:
            raise ArchiveRefusedError(
                f"{path}: written by a newer Linli (format {told['version']}, this one reads "
                f"{FORMAT_VERSION}): update first"
            )
        files = {name: Member(**member) for name, member in told.pop("files").items()}
        figures = Figures(**told.pop("figures"))
        return Manifest(**told, files=files, figures=figures), text
    except (KeyError, TypeError, AttributeError, *DAMAGE) as odd:
        raise ArchiveRefusedError(f"{path}: no backup of a Linli town") from odd


def _check_listed(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    listed = {name: member.size for name, member in manifest.files.items()}
    found = {name: size for name, size in sizes.items() if name not in {MANIFEST, SEAL}}
    for name in sorted(listed.keys() ^ found.keys()):
        what = "is missing" if name in listed else "is not in its manifest"
        raise ArchiveRefusedError(f"{path}: {name} {what}")
    for name, size in listed.items():
        if found[name] != size:
            raise ArchiveRefusedError(f"{path}: {name} is not as long as its manifest says")


def _check_seal(path: Path, archive: zipfile.ZipFile, manifest: bytes) -> str:
    """Return `ours` or `another town's key`; refuse a manifest that our own key did not seal."""
    try:
        told: dict[str, Any] = json.loads(archive.read(SEAL))
        key, seal = str(told["key"]), str(told["seal"])
    except (KeyError, TypeError, *DAMAGE) as odd:
        raise ArchiveRefusedError(f"{path}: its seal is missing") from odd
    if key != key_mark():
        return "another key"
    if not hmac.compare_digest(seal.encode(), _seal(manifest).encode()):
        raise ArchiveRefusedError(f"{path}: its seal is broken: somebody changed the manifest")
    return "this town's key"


def chunks(path: Path, archive: zipfile.ZipFile, name: str, member: Member) -> Iterator[bytes]:
    """Yield a member's content; refuse at the end what is not what the manifest promised."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as content:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > member.size:
                    raise ArchiveRefusedError(f"{path}: {name} is longer than it says")
                digest.update(chunk)
                yield chunk
    except DAMAGE as broken:
        raise ArchiveRefusedError(f"{path}: {name} is damaged") from broken
    if size != member.size or digest.hexdigest() != member.sha256:
        raise ArchiveRefusedError(f"{path}: {name} is not what its manifest says")


def unpack(path: Path, manifest: Manifest, folder: Path, watch: Watcher = nobody) -> None:
    """Write an archive's members below a folder of their own, each checked while it is written."""
    needed = sum(member.size for member in manifest.files.values())
    if shutil.disk_usage(folder).free < needed + 64 * _CHUNK:
        raise ArchiveRefusedError(f"{path}: {needed} bytes do not fit on this disk")
    with opened(path) as archive:
        for number, (name, member) in enumerate(manifest.files.items()):
            watch("unpacking", number, len(manifest.files))
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                for chunk in chunks(path, archive, name, member):
                    out.write(chunk)
            target.chmod(0o600)
    watch("unpacking", len(manifest.files), len(manifest.files))


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
