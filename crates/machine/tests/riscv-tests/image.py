"""Writes what an ELF file of 32 bits loads as an image: image.py ELF IMAGE."""

import struct
import sys

RAM_START = 0x8000_0000


def padded(data):
    return data + bytes(-len(data) % 32)


def main(elf_path, image_path):
    elf = open(elf_path, "rb").read()
    entry, headers = struct.unpack_from("<II", elf, 24)
    size, count = struct.unpack_from("<HH", elf, 42)
    code, memory = bytearray(), bytearray()
    for index in range(count):
        kind, offset, address, _, length, *_ = struct.unpack_from("<8I", elf, headers + index * size)
        if kind != 1 or length == 0:
            continue
        part, start = (memory, address - RAM_START) if address >= RAM_START else (code, address)
        part.extend(bytes(max(0, start + length - len(part))))
        part[start : start + length] = elf[offset : offset + length]
    code, memory = padded(code), padded(memory)
    with open(image_path, "wb") as image:
        image.write(b"NETSIMG1" + struct.pack("<I", entry))
        for part in (code, memory):
            image.write(struct.pack("<I", len(part)) + part)


main(*sys.argv[1:])
