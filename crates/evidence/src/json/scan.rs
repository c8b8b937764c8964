//! Finds the bytes of a string that cannot stand for themselves, eight bytes at a time.

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The index, from `from` on, of the first `"`, `\` or control character (below U+0020); the
/// length of `bytes` where there is none.
pub(crate) fn special(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        // A byte's high bit is set where it is below 0x20, or zero after the XOR. A borrow can set
        // bits above a true hit, never below one, so the lowest is exact.
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let hits = (control | zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5c))) & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|&c| is_special(c))
        .unwrap_or(rest.len())
}

fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

fn is_special(c: u8) -> bool {
    matches!(c, b'"' | b'\\' | 0..0x20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_byte_is_special_or_not_at_each_place() {
        for c in 0..=255_u8 {
            for place in 0..17 {
                let mut bytes = [b'a'; 17];
                bytes[place] = c;
                let expected = if c < 0x20 || c == b'"' || c == b'\\' {
                    place
                } else {
                    17
                };
                assert_eq!(special(&bytes, 0), expected, "{c:#04x} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_is_found(bytes: Vec<u8>, from in 0_usize..80) {
            let from = from.min(bytes.len());
            let naive = (from..bytes.len())
                .find(|&i| bytes[i] < 0x20 || bytes[i] == b'"' || bytes[i] == b'\\');
            prop_assert_eq!(special(&bytes, from), naive.unwrap_or(bytes.len()));
        }
    }
}
