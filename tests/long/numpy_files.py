"""numpy_files.py READ_MANY COUNT: writes so many .npy and .npz files, plain, odd and broken, into the working folder, a
thousand at a time, and has them read by NumPy and by cludi (read_many.c): both must get the same numbers, or both refuse.
What is allowed to differ is in EXCEPTIONS, and only that. Seeded: the same files every time."""
import collections
import io
import os
import random
import re
import struct
import subprocess
import sys
import tokenize
import warnings
import zipfile

import numpy as np

warnings.simplefilter('ignore')
rng = random.Random(5)
TYPES = [order + kind for kind in ('f2', 'f4', 'f8', 'i2', 'i4', 'i8', 'u2', 'u4', 'u8') for order in '<>='] + ['|i1', '|u1', '|b1']
OTHER_TYPES = ['|O', '<U4', '|S4', '|V4', '<c8', '<c16', '<M8[s]', '<m8[s]', '<f16', '<i3', '<f1', '<b2', '', 'nothing', '<<f4']


# ---- files ----

def preamble(version, length):
    return b'\x93NUMPY' + bytes([version, 0]) + struct.pack('<H' if version == 1 else '<I', length)


def header(dtype, shape, fortran=False):
    return f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {shape}, }}"


def whole(text, data, version=1):
    text = text.encode('utf8' if version == 3 else 'latin1')
    padded = text + b' ' * (-(len(text) + len(preamble(version, 0)) + 1) % 64) + b'\n'
    return preamble(version, len(padded)) + padded + data


def numbers(dtype, count):
    """Random bits: every value there is, NaN, infinity and denormals among them; small whole numbers every second time."""
    wanted = np.dtype(dtype)
    if wanted.kind == 'b':
        return np.array([rng.randrange(2) for _ in range(count)], '|b1').tobytes()
    if rng.randrange(2):
        return np.array([rng.randrange(128) for _ in range(count)]).astype(wanted).tobytes()
    return rng.randbytes(count * wanted.itemsize)


def a_shape():
    kind = rng.randrange(12)
    if kind < 7:
        return (rng.randrange(1, 9), rng.randrange(1, 9))
    if kind < 9:
        return (rng.randrange(1, 20),)
    return [(), (0,), (0, 3), (3, 0), (2, 3, 2), (1, 1, 1, 2), (600, 3), (3, 600)][rng.randrange(8)]


def size_of(shape):
    return int(np.prod(shape, dtype=np.int64))


def plain_npy():
    dtype, shape = rng.choice(TYPES), a_shape()
    return whole(header(dtype, shape, rng.randrange(2) == 1), numbers(dtype, size_of(shape)), rng.randrange(1, 4))


def written_by_numpy():
    array = np.frombuffer(numbers(dtype := rng.choice(TYPES), size_of(shape := a_shape())), dtype).reshape(shape)
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asfortranarray(array) if rng.randrange(2) else array)
    return file.getvalue()


def other_type():
    shape = a_shape()
    return whole(header(rng.choice(OTHER_TYPES), shape), rng.randbytes(16 * size_of(shape)), rng.randrange(1, 4))


SPELLINGS = [
    "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}", '{"descr": "<f4", "fortran_order": True, "shape": (2, 3)}',
    "{'descr':'<f4','fortran_order':False,'shape':(2,3)}", "{\n'descr': '<f4',\n'fortran_order': False,\n'shape': (2, 3)\n}",
    "  {'descr': '<f4', 'fortran_order': False, 'shape': (2,3,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (6L,)}", "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3)}",
    "{'descr': 'float32', 'fortran_order': False, 'shape': (2, 3)}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}", "{'descr': '<f4', 'fortran_order': False, 'shape': (6)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (02, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (00, 3)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (0x2, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0, 3)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1_0,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}", "{'descr': '<f4', 'shape': (2, 3)}", "{}", "", "[]",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} # a comment", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (None,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (True, 6)}", "{'descr': u'<f4', 'fortran_order': False, 'shape': (6,)}",
    "{'descr': '<' 'f4', 'fortran_order': False, 'shape': (6,)}", "{'descr': '<f\\x34', 'fortran_order': False, 'shape': (6,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (+6,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,6)}",
]


def odd_header():
    text, version = rng.choice(SPELLINGS), rng.choice((1, 1, 1, 2, 3))
    return whole(text + ' ' * rng.choice((0, 0, 5, 9000, 9940, 11000)), numbers('<f4', 6), version)


LETTERS = [b"'", b'"', b'(', b')', b'{', b'}', b',', b':', b' ', b'\n', b'\t', b'0', b'1', b'9', b'L', b'-', b'f', b'i', b'8', b'<', b'>', b'|',
           b'T', b'#', b'\\', b'\0', b'\xff', b'.', b'_', b'\r', b'\x0c']


def mutated(data, first, last, times):
    data = bytearray(data)
    for _ in range(times):
        at, kind = rng.randrange(first, last), rng.randrange(4)
        if kind == 0:
            data[at:at + 1] = rng.choice(LETTERS)
        elif kind == 1:  # keeps the length of the header: a padding blank goes
            data[at:at] = rng.choice(LETTERS)
            del data[last - 2]
        elif kind == 2:
            data[at] ^= 1 << rng.randrange(8)
        else:
            data[at] = rng.randrange(256)
    return bytes(data)


def mutated_header():
    data = plain_npy()
    return mutated(data, 10, min(len(data), 80), rng.randrange(1, 4))


def mutated_anywhere():
    data = plain_npy()
    return mutated(data, 0, len(data), rng.randrange(1, 4))


def cut_npy():
    data = plain_npy()
    return data[:rng.randrange(len(data) + 1)]


def more_behind():
    return plain_npy() + rng.randbytes(rng.randrange(1, 9))


def archive(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as out:
        if not rng.randrange(6):
            out.comment = rng.randbytes(rng.randrange(1, 40)).replace(b'PK', b'pk')
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            with out.open(info, 'w', force_zip64=rng.randrange(4) == 0) as member:
                member.write(data)
    return file.getvalue()


def plain_npz():
    return archive([('a.npy', rng.choice((plain_npy, written_by_numpy))())] + [('b.npy', plain_npy())] * rng.randrange(2))


def saved_npz():
    file = io.BytesIO()
    array = np.frombuffer(numbers(dtype := rng.choice(TYPES), size_of(shape := a_shape())), dtype).reshape(shape)
    (np.savez if rng.randrange(2) else np.savez_compressed)(file, a=array, c=array)
    return file.getvalue()


def streamed_npz():
    """As written to a pipe: with data descriptors behind the members."""
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.all = b''

        def writable(self):
            return True

        def write(self, some):
            self.all += bytes(some)
            return len(some)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, 'w', rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as out:
        out.writestr('a.npy', plain_npy())
    return pipe.all


def odd_npz():
    make = rng.choice((odd_header, other_type, cut_npy, mutated_header, more_behind))
    return archive([('a.npy', make()), ('text', b'hello')][:rng.randrange(1, 3)])


def without_key():
    return archive([(rng.choice(('b.npy', 'A.npy', 'a.npz', 'dir/a.npy', 'a', 'a.npy.npy', '../a.npy', '/a.npy')), plain_npy())])


def duplicate_key():
    return archive([('a.npy', plain_npy()), ('a.npy', plain_npy())])


def cut_npz():
    data = plain_npz()
    return data[:rng.randrange(len(data))]


def damaged_member():
    """A bit of what the member takes in the zip is wrong; its first local header takes 30 bytes, its name and extra field."""
    data = bytearray(archive([('a.npy', plain_npy())]))
    name, extra = struct.unpack('<HH', data[26:30])
    size = zipfile.ZipFile(io.BytesIO(data)).infolist()[0].compress_size
    data[30 + name + extra + rng.randrange(size)] ^= 1 << rng.randrange(8)
    return bytes(data)


def damaged_zip():
    data = plain_npz()
    return mutated(data, max(0, len(data) - 200), len(data), 1)


def prefixed_zip():
    return rng.randbytes(rng.randrange(1, 9)) + plain_npz()


CLASSES = {make.__name__: (make, weight) for make, weight in (
    (plain_npy, 5), (written_by_numpy, 2), (other_type, 1), (odd_header, 3), (mutated_header, 8), (mutated_anywhere, 3), (cut_npy, 2),
    (more_behind, 1), (plain_npz, 3), (saved_npz, 1), (streamed_npz, 1), (odd_npz, 2), (without_key, 1), (duplicate_key, 1), (cut_npz, 1),
    (damaged_member, 2), (damaged_zip, 1), (prefixed_zip, 1))}


# ---- reading ----

def member_of(data):
    """The array's bytes as far as they can be had."""
    if not data.startswith(b'PK'):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return file.open('a.npy').read()
    except Exception:
        return b''


def header_text(array):
    short = len(array) < 8 or array[6] == 1
    return array[10 if short else 12:][:struct.unpack('<H', array[8:10])[0] if len(array) >= 10 else 0].decode('latin1')


def read_by_numpy(path):
    """An array, or the sentence of the refusal."""
    try:
        got = np.load(path, allow_pickle=False)
        if isinstance(got, np.lib.npyio.NpzFile):
            with got:
                got = got['a']
        return got if isinstance(got, np.ndarray) else 'no array'
    except Exception as problem:  # whatever it is: refused
        return f'{type(problem).__name__}: {problem}'


def read_by_cludi(read_many, paths):
    """For each path a pair: kind, and numbers, dtype or sentence."""
    out = subprocess.run([read_many], input='\n'.join(paths).encode() + b'\n', stdout=subprocess.PIPE, check=True).stdout
    at, answers = 0, []
    while at < len(out):
        end = out.index(b'\n', at)
        kind, rest = out[at:end].decode('utf8', 'replace').split(' ', 1)
        at = end + 1
        if kind in ('rows', 'labels'):
            shape = tuple(map(int, rest.split()))
            size = 4 * size_of(shape)
            rest = np.frombuffer(out[at:at + size], '<f4' if kind == 'rows' else '<i4').reshape(shape)
            at += size
        answers.append((kind, rest))
    assert len(answers) == len(paths), f'{len(answers)} answers for {len(paths)} files'
    return answers


# ---- comparing ----

def is_plain_literal(text):
    """No more of Python than NumPy writes: strings without escape or prefix, decimal numbers, True, False."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.replace('\r', '\n')).readline))
    except (tokenize.TokenError, IndentationError):
        return True
    previous = None
    for token in tokens:
        good = {tokenize.NAME: token.string in ('True', 'False', 'L'),
                tokenize.STRING: re.fullmatch(r'\'[ -&(-\[\]-~]*\'|"[ !#-\[\]-~]*"', token.string) and previous != tokenize.STRING,
                tokenize.NUMBER: re.fullmatch('0|[1-9][0-9]*', token.string),
                tokenize.OP: token.string in '{}(),:'}.get(token.type, token.type not in (tokenize.COMMENT, tokenize.ERRORTOKEN))
        if not good or (token.string == 'L' and previous != tokenize.NUMBER):
            return False
        previous = token.type
    return not re.search(r'[0-9]\s+L|[\f\\]|\(\s*\(|\)\s*\)', text)


def type_name(text):
    found = re.search(r'''["']descr["']\s*:\s*["']([^"']*)["']''', text)
    return found and found[1]


# libzip and Python's zipfile look at different fields of a zip's directory.
DAMAGED_DIRECTORY = 'exception: a damaged directory of a zip, which one of them refuses'
# What cludi refuses though NumPy reads it: name, and whether it is that. `text`: the header's dictionary.
EXCEPTIONS = {
    'complex numbers': lambda array, text, data: array.dtype.kind == 'c',
    'strings, dates, raw bytes': lambda array, text, data: array.dtype.kind in 'USMmV',
    'float of 16 bytes': lambda array, text, data: array.dtype.itemsize > 8,
    'more than 8 dimensions': lambda array, text, data: array.ndim > 8,
    'labels that are not whole or no int32': lambda array, text, data: array.ndim == 1 and not is_labels(array),
    'a size below 0': lambda array, text, data: '-' in re.sub(r"'[^']*'", '', text),
    'a name of a type other than <f4 and the like': lambda array, text, data:
        not re.fullmatch('[<>=|]?([fiu][248]|[iub]1)', type_name(text) or ''),
    'a key that is there twice': lambda array, text, data: any(text.count(key) > 1 for key in ('descr', 'fortran_order', 'shape')),
    'a literal that NumPy never writes': lambda array, text, data: not is_plain_literal(text),
    'a member that is there twice': lambda array, text, data: data.startswith(b'PK') and data.count(b'a.npy') > 2,
    'a zip whose comment is cut short': lambda array, text, data: data.startswith(b'PK') and is_comment_cut(data),
}


def is_comment_cut(data):
    end = data.rindex(b'PK\5\6')
    return struct.unpack('<H', data[end + 20:end + 22])[0] > len(data) - end - 22


def is_labels(array):
    wide = array.astype('f8') if array.dtype.kind == 'f' else array
    return bool(np.all([-2**31 <= value < 2**31 and value == int(value) for value in wide.tolist()]))


def same_numbers(array, kind, got):
    if kind == 'header':
        return array.ndim not in (1, 2) or array.size == 0
    if kind == 'labels' and array.dtype.kind in 'SU':
        codes = {}
        return [codes.setdefault(word, len(codes)) for word in array.tolist()] == got.tolist()
    if kind == 'labels':
        return array.shape == got.shape and np.array_equal(array.astype('i8'), got)
    with np.errstate(all='ignore'):
        return array.shape == got.shape and np.array_equal(array.astype('<f4'), got, equal_nan=True)


def verdict(name, data, array, kind, got):
    """What this file counts as; None: a disagreement."""
    if isinstance(array, str):
        if kind == 'refused':
            return 'both refuse'
        header_alone = kind == 'header' and data.startswith(b'PK')
        if header_alone:
            return 'exception: only its header is read by cludi, NumPy finds damage behind it'
        return DAMAGED_DIRECTORY if name == 'damaged_zip' else None
    if kind != 'refused':
        return 'same numbers' if same_numbers(array, kind, got) else None
    if name == 'damaged_zip':
        return DAMAGED_DIRECTORY
    if 'bytes behind its array' in got or 'holds a second array' in got:
        return 'exception: bytes behind the array of a .npy'
    if 'it unzips to more than' in got:
        return 'exception: a member that unzips to more bytes than its zip says'
    text = header_text(member_of(data))
    return next(('exception: ' + what for what, holds in EXCEPTIONS.items() if holds(array, text, data)), None)


def main():
    read_many, count = sys.argv[1], int(sys.argv[2])
    makers, weights = zip(*CLASSES.values())
    counts, verdicts, wrong = collections.Counter(), collections.Counter(), 0
    for first in range(0, count, 1000):
        batch = []
        for number in range(first, min(first + 1000, count)):
            make = rng.choices(makers, weights)[0]
            data = make()
            path = f'{number}.np'
            with open(path, 'wb') as file:
                file.write(data)
            batch.append((make.__name__, path, data))
        arrays = [read_by_numpy(path) for _, path, _ in batch]
        answers = read_by_cludi(read_many, [path + ':a' if data.startswith(b'PK') else path for _, path, data in batch])
        for (name, path, data), array, (kind, got) in zip(batch, arrays, answers):
            said = verdict(name, data, array, kind, got)
            counts[name, said] += 1
            verdicts[said] += 1
            if said is None:
                wrong += 1
                print(f'DIFFERS {name} {path}: {data[:160]!r}\n  NumPy {array!r}\n  cludi {kind} {got!r}')
            os.remove(path)
    for (name, said), number in sorted(counts.items(), key=str):
        print(f'{number:6} {name}: {said}')
    for said, number in verdicts.most_common():
        print(f'{number:6} {said}')
    print(f'{count} files, {wrong} disagreements')
    sys.exit(wrong > 0)


main()
