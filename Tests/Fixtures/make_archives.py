"""Makes Tests/Fixtures/archives: archives as other programs write them, and some that nobody should."""

import gzip
import io
import os
import pathlib
import random
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent / "archives"

# What every archive that can be read holds; ArchiveFixture.swift has it too.
LONG = "train/" + "/".join(["a-rather-long-folder-name-of-forty-letters"] * 3) + "/" + "n" * 60 + ".txt"
FILES = {
    "train/cat/1.txt": b"one\n",
    "train/cat/empty.txt": b"",
    "train/dog/2.bin": random.Random(1).randbytes(2000),
    "train/dog/b\u00e4r.txt": b"text " * 300,
    LONG: b"far down\n",
}


def tar(name, format, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=format) as archive:
        folder = tarfile.TarInfo("train")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for path, content in FILES.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    (HERE / name).write_bytes(buffer.getvalue())
    return buffer.getvalue()


def special(name, type, link=""):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        info = tarfile.TarInfo("cat/odd")
        info.type, info.linkname = type, link
        archive.addfile(info)
    (HERE / name).write_bytes(buffer.getvalue())


class Unseekable(io.RawIOBase):
    """Makes zipfile put sizes after the content, as it must for a pipe."""

    def __init__(self):
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.bytes += data
        return len(data)


def zip_entries(archive, method):
    archive.writestr(zipfile.ZipInfo("train/"), b"")
    for path, content in FILES.items():
        info = zipfile.ZipInfo(path)
        info.compress_type = method
        archive.writestr(info, content)


def zipped(name, method, target=None, comment=b""):
    target = target or io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        zip_entries(archive, method)
        archive.comment = comment
    data = bytes(target.bytes) if isinstance(target, Unseekable) else target.getvalue()
    (HERE / name).write_bytes(data)
    return data


def small_zip(*entries):
    """(name, content) or (name, content, changes to ZipInfo) of stored entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, *changes in entries:
            info = zipfile.ZipInfo(name)
            for key, value in (changes[0] if changes else {}).items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return bytearray(buffer.getvalue())


def directory(data):
    """Where the headers of the central directory begin, and its end record."""
    end = data.rindex(b"PK\x05\x06")
    offset, headers = struct.unpack_from("<I", data, end + 16)[0], []
    while offset < end:
        headers.append(offset)
        name, extra, comment = struct.unpack_from("<HHH", data, offset + 28)
        offset += 46 + name + extra + comment
    return headers, end


def patched(name, data, offset, format, value):
    data = bytearray(data)
    struct.pack_into(format, data, offset, value)
    (HERE / name).write_bytes(data)


def hostile_zips():
    two = small_zip(("cat/1", b"first"), ("cat/2", b"second"))
    (first, second), end = directory(two)
    content = two.index(b"first")
    patched("damaged-checksum.zip", two, content, "<B", ord("F"))
    patched("damaged-place.zip", two, 30, "<B", ord("d"))
    patched("refused-zip64-size.zip", two, first + 24, "<I", 0xFFFFFFFF)
    patched("refused-zip64-count.zip", two, end + 8, "<I", 0xFFFFFFFF)
    patched("refused-volumes.zip", two, end + 4, "<H", 1)
    patched("refused-count.zip", two, end + 8, "<I", 3 | 3 << 16)
    patched("refused-count-less.zip", two, end + 8, "<I", 1 | 1 << 16)
    patched("refused-two-sizes.zip", two, first + 24, "<I", 4)
    patched("refused-outside.zip", two, second + 42, "<I", 1000)
    patched("refused-overlap.zip", two, second + 42, "<I", 0)
    patched("refused-method.zip", two, first + 10, "<H", 12)
    patched("refused-encrypted.zip", two, first + 8, "<H", 1)
    patched("refused-start.zip", two, end + 16, "<I", 7)
    patched("refused-signature.zip", two, second, "<I", 7)
    (HERE / "refused-prefix.zip").write_bytes(b"PK\x03\x04 junk before the archive" + two)
    link = small_zip(("cat/odd", b"/etc/passwd", {"create_system": 3, "external_attr": 0o120777 << 16}))
    (HERE / "refused-link.zip").write_bytes(link)
    pipe = small_zip(("cat/odd", b"", {"create_system": 3, "external_attr": 0o010644 << 16}))
    (HERE / "refused-pipe.zip").write_bytes(pipe)
    (HERE / "refused-upward.zip").write_bytes(small_zip(("cat/../../x", b"")))
    (HERE / "refused-twice.zip").write_bytes(small_zip(("cat/1", b"a"), ("cat/./1", b"b")))
    (HERE / "refused-folder.zip").write_bytes(small_zip(("cat/", b"content")))

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("cat/1"), b"text " * 100, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("cat/2"), b"second")
    deflated = bytearray(buffer.getvalue())
    (first, _), _ = directory(deflated)
    patched("damaged-longer.zip", deflated, first + 24, "<I", 400)
    patched("damaged-shorter.zip", deflated, first + 24, "<I", 600)
    patched("damaged-deflate.zip", deflated, 35, "<I", 0xFFFFFFFF)


def bombs():
    zeros = bytes(40 << 20)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("cat/bomb")
        archive.writestr(info, zeros, zipfile.ZIP_DEFLATED, 9)
    (HERE / "bomb.zip").write_bytes(buffer.getvalue())
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("cat/bomb")
        info.size = len(zeros)
        archive.addfile(info, io.BytesIO(zeros))
    (HERE / "bomb.tar.gz").write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


def by_commands():
    """What GNU tar and Info-ZIP write."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for path, content in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        for path in folder.rglob("*"):
            os.utime(path, (0, 0))
        options = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"]
        pax = ["--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"]
        for format in ("gnu", "posix"):
            subprocess.run(
                ["tar", f"--format={format}", *options, *(pax if format == "posix" else []), "-cf",
                 HERE / f"command-{format}.tar", "./train"], cwd=folder, check=True)
        (HERE / "command.zip").unlink(missing_ok=True)
        subprocess.run(
            ["zip", "-q", "-X", "-r", HERE / "command.zip", "train"], cwd=folder, check=True,
            env={**os.environ, "TZ": "UTC"})
        with open(folder / "sparse", "wb") as file:
            file.truncate(1 << 20)
            file.write(b"x")
        os.utime(folder / "sparse", (0, 0))
        for format in ("gnu", "posix"):
            subprocess.run(
                ["tar", f"--format={format}", *options, *(pax if format == "posix" else []), "--sparse",
                 "--sparse-version=0.0", "-cf", HERE / f"refused-sparse-{format}.tar", "sparse"],
                cwd=folder, check=True)


if __name__ == "__main__":
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir()
    tar("ustar.tar", tarfile.USTAR_FORMAT)
    tar("gnu.tar", tarfile.GNU_FORMAT)
    plain = tar("pax.tar", tarfile.PAX_FORMAT)
    (HERE / "pax.tar.gz").write_bytes(gzip.compress(plain, mtime=0))
    half = len(plain) // 2
    (HERE / "members.tar.gz").write_bytes(
        gzip.compress(plain[:half], mtime=0) + gzip.compress(plain[half:], mtime=0) + bytes(512))
    zipped("stored.zip", zipfile.ZIP_STORED)
    zipped("deflated.zip", zipfile.ZIP_DEFLATED)
    zipped("streamed.zip", zipfile.ZIP_DEFLATED, Unseekable())
    zipped("comment.zip", zipfile.ZIP_DEFLATED, comment=b"a comment with PK\x05\x06 in it, and more than 22 bytes")
    zipped("refused-bzip2.zip", zipfile.ZIP_BZIP2)
    special("refused-link.tar", tarfile.SYMTYPE, "/etc/passwd")
    special("refused-hard-link.tar", tarfile.LNKTYPE, "cat/1")
    special("refused-device.tar", tarfile.CHRTYPE)
    special("refused-block-device.tar", tarfile.BLKTYPE)
    special("refused-pipe.tar", tarfile.FIFOTYPE)
    hostile_zips()
    bombs()
    by_commands()
