"""Containers: a folder, a zip, a tar and its compressed forms."""

import gzip
import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

Files = dict[str, bytes]


def folder(files: Files, root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def gz(data: bytes, level: int = 6) -> bytes:
    """One gzip member without a time, so that equal input gives equal bytes."""
    return gzip.compress(data, level, mtime=0)


def zipped(entries) -> bytes:
    """A zip of (name, data) pairs or of a dictionary; names may repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _pairs(entries):
            info = zipfile.ZipInfo("x", (2026, 6, 2, 0, 0, 0))
            # Set afterwards: the constructor cuts at a NUL and turns separators.
            info.filename = name
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a repeated name is what some tests want
                archive.writestr(info, data)
    return out.getvalue()


def tarred(entries) -> bytes:
    """A tar of (name, data) pairs, of a dictionary, or of ready TarInfo headers."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in _pairs(entries):
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def link(name: str, target: str, kind=tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zstd(data: bytes) -> bytes | None:
    """Compressed by the `zstd` tool; None where it is not installed."""
    if not shutil.which("zstd"):
        return None
    return subprocess.run(
        ["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True, env={**os.environ}
    ).stdout


def _pairs(entries):
    return list(entries.items()) if isinstance(entries, dict) else list(entries)
