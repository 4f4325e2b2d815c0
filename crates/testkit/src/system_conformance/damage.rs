//! Damage: bytes that somebody has cut, lengthened or changed.

/// Everything shorter, and the same with a byte more.
pub(super) fn other_lengths(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let shorter = (0..bytes.len()).map(|length| bytes[..length].to_vec());
    shorter.chain([[bytes, &[0]].concat()])
}

/// The bytes with one of them changed, each in several ways.
pub(super) fn changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let places =
        (0..bytes.len()).flat_map(|place| [1, 2, 0x10, 0x80, 0xff].map(|flip| (place, flip)));
    places.map(|(place, flip)| {
        let mut damaged = bytes.to_vec();
        damaged[place] ^= flip;
        damaged
    })
}
