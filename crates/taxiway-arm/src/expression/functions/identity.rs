//! `guid()` and `uniqueString()`: names made from values.
//!
//! Both give what Azure gives: their results were compared with those of the official Bicep compiler.

use serde_json::Value;
use uuid::Uuid;

use super::argument;
use super::{MANY, Pure, pure};

/// The namespace of `guid()`.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);

pub(super) const FUNCTIONS: &[Pure] = &[
    pure("guid", 1, MANY, |arguments| {
        let name = argument::texts(arguments)?.join("-");
        Ok(Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string().into())
    }),
    pure("uniqueString", 1, MANY, |arguments| {
        let text = argument::texts(arguments)?.join("-");
        Ok(Value::String(base32(hash(text.as_bytes()))))
    }),
];

/// The thirteen digits of a number in base 32, the highest first.
fn base32(mut number: u64) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::with_capacity(13);
    for _ in 0..13 {
        text.push(char::from(DIGITS[(number >> 59) as usize]));
        number <<= 5;
    }
    text
}

/// A MurmurHash 3 of two 32-bit halves: the first two lanes of its 128-bit form for 32-bit machines.
fn hash(data: &[u8]) -> u64 {
    let (mut low, mut high) = (0_u32, 0_u32);
    let blocks = data.chunks_exact(8);
    let tail = blocks.remainder();
    for block in blocks {
        low ^= mix_low(little_endian(&block[..4]));
        low = low.rotate_left(19).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        high ^= mix_high(little_endian(&block[4..]));
        high = high.rotate_left(13).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    low ^= mix_low(little_endian(&tail[..tail.len().min(4)]));
    high ^= mix_high(little_endian(&tail[tail.len().min(4)..]));
    // Azure's form counts bytes in 32 bits; longer texts than that are no arguments.
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

fn little_endian(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

const FIRST: u32 = 0x239b_961b;
const SECOND: u32 = 0xab0e_9789;

const fn mix_low(block: u32) -> u32 {
    block
        .wrapping_mul(FIRST)
        .rotate_left(15)
        .wrapping_mul(SECOND)
}

const fn mix_high(block: u32) -> u32 {
    block
        .wrapping_mul(SECOND)
        .rotate_left(17)
        .wrapping_mul(FIRST)
}

const fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
