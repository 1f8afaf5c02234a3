"""Writes odd and hostile zips into the working folder: zip-good-* hold an array "a", zip-late-* a damaged one behind a header
that is right, zip-bad-* none that may be read."""
import io
import struct
import warnings
import zipfile
import zlib

warnings.simplefilter('ignore')  # names that are there twice
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
GIB = 1 << 30


def npy(shape, size, dtype='<f4'):
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    return b'\x93NUMPY\1\0\x76\0' + text.ljust(117).encode() + b'\n' + bytes(size)


ARRAY = npy('(6, 2)', 48)


def archive(members, comment=b''):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as out:
        out.comment = comment
        for name, data, method in members:
            out.writestr(zipfile.ZipInfo(name), data, method)
    return bytearray(file.getvalue())


def put(name, data):
    with open('zip-' + name, 'wb') as file:
        file.write(data)


def edited(data, signature, at, value, last=False):
    data = bytearray(data)
    start = (data.rfind if last else data.find)(signature) + at
    data[start:start + len(value)] = value
    return data


LOCAL, CENTRAL, END = b'PK\3\4', b'PK\1\2', b'PK\5\6'
stored, deflated = archive([('a.npy', ARRAY, STORED)]), archive([('a.npy', ARRAY, DEFLATED)])
put('good-stored', stored)
put('good-deflated', deflated)
put('good-comment', archive([('a.npy', ARRAY, DEFLATED)], b'a comment\0\xff' * 5000))
put('good-others', archive([('/etc/passwd', b'x', STORED), ('../../up.npy', ARRAY, STORED), ('a.npy', ARRAY, STORED), ('\x1b[2J.npy', b'', STORED)]))
put('good-folder', archive([('b/a.npy', ARRAY, STORED), ('a.npy', ARRAY, STORED)]))


class Pipe(io.RawIOBase):
    """Where zipfile cannot go back, it writes data descriptors behind the members."""

    def __init__(self):
        self.all = b''

    def writable(self):
        return True

    def write(self, some):
        self.all += bytes(some)
        return len(some)


pipe = Pipe()
with zipfile.ZipFile(pipe, 'w', DEFLATED) as out:
    out.writestr('a.npy', ARRAY)
put('good-descriptor', pipe.all)
large = io.BytesIO()
with zipfile.ZipFile(large, 'w') as out, out.open('a.npy', 'w', force_zip64=True) as member:
    member.write(ARRAY)
put('good-zip64', large.getvalue())
put('late-checksum', edited(stored, ARRAY[:128], 130, b'\1'))
put('late-sum', edited(stored, CENTRAL, 16, b'\0\0\0\0'))
put('bad-encrypted', edited(edited(stored, CENTRAL, 8, b'\1'), LOCAL, 6, b'\1'))
put('bad-aes', edited(stored, CENTRAL, 10, b'\x63'))
for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
    put(f'bad-method{method}', archive([('a.npy', ARRAY, method)]))
put('bad-directory-offset', edited(stored, END, 16, b'\xff\xff\xff\x7f'))
put('bad-directory-size', edited(stored, END, 12, b'\xff\xff\0\0'))
put('bad-entries', edited(stored, END, 8, b'\x09\0\x09\0'))
put('bad-signature', edited(stored, CENTRAL, 0, b'PK\1\3'))
put('bad-local', edited(stored, LOCAL, 4 + 22, b'\xff\xff'))
put('bad-offset', edited(stored, CENTRAL, 42, b'\xf0\xff\xff\x7f'))
put('bad-size', edited(stored, CENTRAL, 24, b'\xff\xff\xff\x7f'))
put('bad-packed-size', edited(stored, CENTRAL, 20, b'\xff\xff\xff\x7f'))
put('bad-both-sizes', edited(stored, CENTRAL, 20, b'\xff\xff\xff\x7f' * 2))
put('bad-twice', archive([('a.npy', ARRAY, STORED), ('a.npy', ARRAY, STORED)]))
put('bad-pickle', archive([('a.npy', npy('(6, 2)', 96, '|O'), STORED)]))
put('bad-words', archive([('a.npy', b'these are words', STORED)]))
put('bad-empty', archive([('a.npy', b'', STORED)]))
put('bad-in-folder', archive([('b/a.npy', ARRAY, STORED)]))
put('bad-absolute', archive([('/a.npy', ARRAY, STORED)]))
put('bad-up', archive([('../a.npy', ARRAY, STORED)]))
put('bad-nested', archive([('b.npz', bytes(stored), STORED)]))
put('bad-giant-shape', archive([('a.npy', npy('(4294967296, 4294967296)', 48), DEFLATED)]))
for cut in (4, 30, 60, 200, len(stored) - 1, len(stored) - 22, len(stored) - 30):
    put(f'bad-cut{cut}', stored[:cut])
put('none', archive([]))
put('text', archive([('readme.txt', b'hello', STORED)]))
# Two members over the same bytes: the second one's entry points at the first. Only "a" is read.
overlapping = archive([('a.npy', ARRAY, STORED), ('b.npy', ARRAY, STORED)])
put('good-overlap', edited(overlapping, CENTRAL, 42, b'\0\0\0\0', last=True))
with zipfile.ZipFile('zip-many', 'w') as out:
    for number in range(65536):
        out.writestr(zipfile.ZipInfo(f'array{number}.npy'), ARRAY)


def deflate_zeros(header, count):
    """header and so many zeros, deflated without having them in memory: (bytes, checksum)."""
    packer, total, block = zlib.compressobj(9, zlib.DEFLATED, -15), zlib.crc32(header), bytes(1 << 24)
    start = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # stands alone, so it may be repeated
    for _ in range(count >> 24):
        total = zlib.crc32(block, total)
    return start + packed * (count >> 24) + zlib.compressobj(9, zlib.DEFLATED, -15).flush(), total


def bomb(name, header, count, said):
    data, checksum = deflate_zeros(header, count)
    facts = struct.pack('<HHHHIIIHH', 0, 8, 0, 0x21, checksum, len(data), said, 5, 0)
    local = b'PK\3\4\x14\0' + facts + b'a.npy'
    central = b'PK\1\2\x14\0\x14\0' + facts + bytes(14) + b'a.npy'
    put(name, local + data + central + b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, 1, 1, len(central), len(local) + len(data), 0))


# Honest zeros, almost 4 GiB; two rows with as many zeros behind them than are said; a header alone that is said to be all.
zeros = 4 * GIB - (1 << 24)
bomb('bomb', npy(f'({zeros // 4096}, 1024)', 0), zeros, zeros + 128)
bomb('bomb-short', npy(f'({GIB}, 1024)', 0), 1 << 24, (1 << 24) + 128)
bomb('bomb-header', npy('(1000000, 1024)', 0), 1 << 24, 0xFFFFFF00)
