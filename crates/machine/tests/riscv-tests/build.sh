#!/bin/sh
# Makes the images in this folder from a checkout of https://github.com/riscv-software-src/riscv-tests
# (the last time from commit 34e6b6d1e7936b526075432fb730d89148623484), with a C preprocessor and
# rustc's assembler and linker:
#
#   rustup target add riscv32im-unknown-none-elf
#   crates/machine/tests/riscv-tests/build.sh CHECKOUT
#
# fence_i writes its own code and ma_data reads across words; the machine has neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

for source in "$checkout"/isa/rv32ui/*.S "$checkout"/isa/rv32um/*.S; do
  name=$(basename "$source" .S)
  case $name in fence_i | ma_data) continue ;; esac
  cpp -undef -D__riscv_xlen=32 -x assembler-with-cpp -P -nostdinc \
    -I "$here" -I "$checkout/isa/macros/scalar" "$source" > "$work/$name.s"
  cat > "$work/$name.rs" <<RUST
#![no_std]
#![no_main]
core::arch::global_asm!(include_str!("$work/$name.s"), options(raw));
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
RUST
  rustc --target riscv32im-unknown-none-elf -C panic=abort -C opt-level=1 -C strip=symbols \
    -C "link-arg=-T$here/link.ld" -o "$work/$name.elf" "$work/$name.rs"
  python3 "$here/image.py" "$work/$name.elf" "$here/$name.image"
done
