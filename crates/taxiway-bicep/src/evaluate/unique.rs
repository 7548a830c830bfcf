//! `guid` and `uniqueString`: values that are the same for the same arguments, everywhere.

use uuid::Uuid;

/// The name space of `guid`. Source: Azure Resource Manager, template functions.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

pub(super) fn guid(parts: &[String]) -> String {
    Uuid::new_v5(&NAMESPACE, parts.join("-").as_bytes()).to_string()
}

/// Thirteen letters and digits: a hash of 64 bits, five bits each.
pub(super) fn unique_string(parts: &[String]) -> String {
    let hash = hash(parts.join("-").as_bytes());
    (0u32..13)
        .map(|position| {
            let rest = hash.wrapping_shl(5 * position);
            let digit = usize::try_from(rest >> 59).unwrap_or(0);
            char::from(ALPHABET[digit])
        })
        .collect()
}

fn word(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u32::from(*byte))
}

const FIRST: u32 = 0x239b_961b;
const SECOND: u32 = 0xab0e_9789;

fn mix_first(word: u32) -> u32 {
    word.wrapping_mul(FIRST)
        .rotate_left(15)
        .wrapping_mul(SECOND)
}

fn mix_second(word: u32) -> u32 {
    word.wrapping_mul(SECOND)
        .rotate_left(17)
        .wrapping_mul(FIRST)
}

fn finish(word: u32) -> u32 {
    let word = (word ^ word >> 16).wrapping_mul(0x85eb_ca6b);
    let word = (word ^ word >> 13).wrapping_mul(0xc2b2_ae35);
    word ^ word >> 16
}

/// MurmurHash3 in two lanes of 32 bits.
fn hash(data: &[u8]) -> u64 {
    let (mut low, mut high) = (0u32, 0u32);
    let mut blocks = data.chunks_exact(8);
    for block in &mut blocks {
        low ^= mix_first(word(&block[..4]));
        low = low.rotate_left(19).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        high ^= mix_second(word(&block[4..]));
        high = high.rotate_left(13).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let rest = blocks.remainder();
    if !rest.is_empty() {
        low ^= mix_first(word(&rest[..rest.len().min(4)]));
        if rest.len() > 4 {
            high ^= mix_second(word(&rest[4..]));
        }
    }
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    low ^= length;
    high ^= length;
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    low = finish(low);
    high = finish(high);
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_azure() {
        let parts = ["asd", "asdf", "asdf"].map(str::to_owned);
        assert_eq!(unique_string(&parts), "iizpqit7ih3cc");
        assert_eq!(
            guid(&["asdf".to_owned()]),
            "228d27cc-6fdb-5934-b7ac-1efccebade04"
        );
    }
}
