//! SHA-256 of two messages at a time.
//!
//! A round waits for the one before it, so one message leaves half of the processor's hashing unit
//! idle; a second one that has nothing to do with the first fills it. Where there are no SHA
//! instructions for it the messages are compressed one after the other, which gives the same
//! digests. SHA-256 itself: FIPS 180-4, section 6.2.2.

use super::{Digest, hash_one};

/// One block of a message, in bytes.
pub(super) type Block = [u8; 64];

/// Hashes two padded messages of equally many blocks.
pub(super) fn hash_two(messages: [&[Block]; 2]) -> [Digest; 2] {
    debug_assert_eq!(messages[0].len(), messages[1].len(), "messages of one length go together");
    #[cfg(target_arch = "x86_64")]
    if x86::is_available() {
        return x86::hash_two(messages);
    }
    messages.map(hash_one)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(unsafe_code)]

    use core::arch::x86_64::{
        __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_cvtsi128_si64,
        _mm_extract_epi64, _mm_set_epi32, _mm_set_epi64x, _mm_sha256msg1_epu32,
        _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
    };
    use core::array::from_fn;

    use super::Block;
    use crate::hash::{Digest, INITIAL_STATE};

    /// The constants of each four rounds (FIPS 180-4, section 4.2.2).
    const ROUND: [[u32; 4]; 16] = [
        [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5],
        [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
        [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3],
        [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
        [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc],
        [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
        [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7],
        [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
        [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13],
        [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
        [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3],
        [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
        [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5],
        [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
        [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208],
        [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
    ];

    cpufeatures::new!(sha_instructions, "sha", "ssse3", "sse4.1");

    pub(super) fn is_available() -> bool {
        sha_instructions::get()
    }

    pub(super) fn hash_two(messages: [&[Block]; 2]) -> [Digest; 2] {
        // SAFETY: the only caller asks `is_available` before, which names these instructions.
        unsafe { hash(messages) }
    }

    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn hash(messages: [&[Block]; 2]) -> [Digest; 2] {
        let mut lanes = [Lane::initial(); 2];
        for (first, second) in messages[0].iter().zip(messages[1]) {
            let mut words = [block_words(first), block_words(second)];
            let before = lanes;
            // Indices that are constants keep the words in registers: a third quicker than in memory.
            for (quarter, constants) in ROUND.as_chunks::<4>().0.iter().enumerate() {
                for (group, constants) in constants.iter().enumerate() {
                    for (lane, words) in lanes.iter_mut().zip(&mut words) {
                        lane.four_rounds(words[group], constants);
                        if quarter < 3 {
                            words[group] = next_words(words, group);
                        }
                    }
                }
            }
            for (lane, before) in lanes.iter_mut().zip(&before) {
                lane.add(before);
            }
        }
        [lanes[0].digest(), lanes[1].digest()]
    }

    /// A chaining value in the order that the instructions want.
    #[derive(Clone, Copy)]
    struct Lane {
        abef: __m128i,
        cdgh: __m128i,
    }

    impl Lane {
        #[target_feature(enable = "sha,ssse3,sse4.1")]
        #[inline]
        fn initial() -> Self {
            let [a, b, c, d, e, f, g, h] = INITIAL_STATE.map(u32::cast_signed);
            Self { abef: _mm_set_epi32(a, b, e, f), cdgh: _mm_set_epi32(c, d, g, h) }
        }

        #[target_feature(enable = "sha,ssse3,sse4.1")]
        #[inline]
        fn digest(&self) -> Digest {
            let abef = _mm_shuffle_epi32::<0b00_01_10_11>(self.abef);
            let ghcd = _mm_shuffle_epi32::<0b10_11_00_01>(self.cdgh);
            let halves = [_mm_blend_epi16::<0xf0>(abef, ghcd), _mm_alignr_epi8::<8>(ghcd, abef)];
            let mut digest = [[0; 8]; 4];
            for (quarters, half) in digest.chunks_exact_mut(2).zip(halves) {
                let half = swap_bytes(half);
                quarters[0] = _mm_cvtsi128_si64(half).to_le_bytes();
                quarters[1] = _mm_extract_epi64::<1>(half).to_le_bytes();
            }
            Digest(from_fn(|i| digest[i / 8][i % 8]))
        }

        #[target_feature(enable = "sha,ssse3,sse4.1")]
        #[inline]
        fn four_rounds(&mut self, words: __m128i, constants: &[u32; 4]) {
            let [k0, k1, k2, k3] = constants.map(u32::cast_signed);
            let sum = _mm_add_epi32(words, _mm_set_epi32(k3, k2, k1, k0));
            self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, sum);
            let upper = _mm_shuffle_epi32::<0x0e>(sum);
            self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, upper);
        }

        #[target_feature(enable = "sha,ssse3,sse4.1")]
        #[inline]
        fn add(&mut self, before: &Self) {
            self.abef = _mm_add_epi32(self.abef, before.abef);
            self.cdgh = _mm_add_epi32(self.cdgh, before.cdgh);
        }
    }

    /// The sixteen words of a block.
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    #[inline]
    fn block_words(block: &Block) -> [__m128i; 4] {
        [four_words(block, 0), four_words(block, 16), four_words(block, 32), four_words(block, 48)]
    }

    /// The four words of a block from byte `at`.
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    #[inline]
    fn four_words(block: &Block, at: usize) -> __m128i {
        let low: [u8; 8] = from_fn(|byte| block[at + byte]);
        let high: [u8; 8] = from_fn(|byte| block[at + 8 + byte]);
        swap_bytes(_mm_set_epi64x(i64::from_le_bytes(high), i64::from_le_bytes(low)))
    }

    /// The four words of the schedule that take the place of those of `group`.
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    #[inline]
    fn next_words(words: &[__m128i; 4], group: usize) -> __m128i {
        let [oldest, older] = [words[group % 4], words[(group + 1) % 4]];
        let [newer, newest] = [words[(group + 2) % 4], words[(group + 3) % 4]];
        let sum = _mm_sha256msg1_epu32(oldest, older);
        let sum = _mm_add_epi32(sum, _mm_alignr_epi8::<4>(newest, newer));
        _mm_sha256msg2_epu32(sum, newest)
    }

    /// Turns the bytes of each word round: SHA-256 is big-endian.
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    #[inline]
    fn swap_bytes(words: __m128i) -> __m128i {
        _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203))
    }
}
