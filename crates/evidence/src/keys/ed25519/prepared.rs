//! Many signatures under one key, each on its own terms.
//!
//! The usual way to check many signatures fast adds them up under random factors. That answers for
//! the whole heap at once and only almost surely, and where a key has a small-order part its answer
//! can differ from the single one. Here nothing is added up between signatures: R = sB − kA is
//! reckoned for each and its bytes are compared, as [`super::verify`] does. It is fast because all
//! multiples of B and of A that can occur are in tables, which leaves 52 additions of points and
//! no doubling, and because the encodings share one inversion.

use super::{Check, challenge, compare, halves, scalar, usable_point, verify};
use curve25519_dalek::{EdwardsPoint, Scalar, constants, traits::Identity as _};
use std::sync::OnceLock;

/// A key prepared for many signatures: the same answer as [`verify`] for each, several times
/// faster. Worth it from some hundred signatures on: it takes the time of about a hundred to make
/// and holds 2 MB. Share it between threads by reference.
pub struct Prepared {
    key: [u8; 32],
    /// Multiples of −A; `None` where the key is not usable, and then each signature goes through
    /// [`verify`].
    table: Option<Table>,
}

impl Prepared {
    /// Prepares a key.
    pub fn new(key: &[u8; 32]) -> Prepared {
        Prepared {
            key: *key,
            table: usable_point(key).ok().map(|a| Table::of(-a)),
        }
    }

    /// The key.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// Checks many signatures, each on its own terms: `out[i]` is what [`verify`] says of
    /// `jobs[i]`.
    pub fn verify_many(&self, jobs: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
        match &self.table {
            Some(table) => jobs
                .chunks(AT_ONCE)
                .flat_map(|jobs| self.verify_some(table, jobs))
                .collect(),
            None => jobs
                .iter()
                .map(|(message, sig)| verify(&self.key, message, sig))
                .collect(),
        }
    }

    /// The same for a few, under a usable key.
    fn verify_some(&self, multiples: &Table, jobs: &[(&[u8], &[u8; 64])]) -> Vec<Check> {
        let mut checks = vec![Check::Invalid; jobs.len()];
        // The jobs with S < L: their places, s and k. The others stay invalid.
        let mut open = Vec::with_capacity(jobs.len());
        let mut s_digits = Vec::with_capacity(jobs.len());
        let mut k_digits = Vec::with_capacity(jobs.len());
        for (place, (message, signature)) in jobs.iter().enumerate() {
            let (r, s) = halves(signature);
            if let Some(s) = scalar(s) {
                open.push(place);
                s_digits.push(digits(&s));
                k_digits.push(digits(&challenge(&r, &self.key, message)));
            }
        }
        let mut sums = vec![EdwardsPoint::identity(); open.len()];
        multiples_of_base().add(&s_digits, &mut sums);
        multiples.add(&k_digits, &mut sums);
        let encodings = EdwardsPoint::compress_batch_alloc(&sums);
        for ((place, sum), encoding) in open.into_iter().zip(&sums).zip(encodings) {
            checks[place] = compare(&encoding.0, sum, &halves(jobs[place].1).0, true);
        }
        checks
    }
}

/// How many signatures are reckoned side by side: enough to share the inversion and to use each
/// row of the tables while it is near.
const AT_ONCE: usize = 256;

/// A scalar is written with signed digits of this many bits.
const WINDOW: usize = 10;
/// How many digits: a scalar has 253 bits, so the last digit has room for a carry.
const DIGITS: usize = 26;
/// The greatest digit.
const GREATEST: usize = 1 << (WINDOW - 1);

/// The digits d of a scalar below L: their sum of d\[i\] · 2^(10·i) is the scalar, as an integer and
/// not only modulo L, and each is from −511 to 512.
fn digits(scalar: &Scalar) -> [i16; DIGITS] {
    let mut bytes = [0; 36];
    bytes[..32].copy_from_slice(scalar.as_bytes());
    let mut carry = 0;
    std::array::from_fn(|i| {
        let bit = i * WINDOW;
        let near = &bytes[bit / 8..];
        let word = u32::from_le_bytes([near[0], near[1], near[2], near[3]]);
        let digit = (word >> (bit % 8) & ((1 << WINDOW) - 1)) as i16 + carry;
        carry = i16::from(digit as usize > GREATEST);
        digit - (carry << WINDOW)
    })
}

/// All multiples of one point that a digit in any place can ask for.
struct Table(
    /// One row a digit; in row i, P · (j + 1) · 2^(10·i) at j.
    Vec<EdwardsPoint>,
);

impl Table {
    /// The multiples of a point.
    fn of(point: EdwardsPoint) -> Table {
        let mut multiples = Vec::with_capacity(DIGITS * GREATEST);
        let mut unit = point;
        for _ in 0..DIGITS {
            let mut multiple = unit;
            for _ in 0..GREATEST {
                multiples.push(multiple);
                multiple += unit;
            }
            // 2^9 units and one more were reckoned; the next row's unit is 2^10 of this one's.
            let half = multiple - unit;
            unit = half + half;
        }
        Table(multiples)
    }

    /// Adds to each sum the multiple that its digits write. Row by row, so that a row serves all
    /// sums before the next is fetched.
    fn add(&self, digits: &[[i16; DIGITS]], sums: &mut [EdwardsPoint]) {
        for (place, row) in self.0.chunks_exact(GREATEST).enumerate() {
            for (digits, sum) in digits.iter().zip(&mut *sums) {
                let digit = digits[place];
                let magnitude = usize::from(digit.unsigned_abs());
                match digit.signum() {
                    1 => *sum += &row[magnitude - 1],
                    -1 => *sum -= &row[magnitude - 1],
                    _ => {}
                }
            }
        }
    }
}

/// The multiples of B, the same for every key.
fn multiples_of_base() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::of(constants::ED25519_BASEPOINT_POINT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The greatest scalars, those with the most carries, and small ones.
    fn awkward_scalars() -> Vec<Scalar> {
        let mut all: Vec<Scalar> = (0..3u64).map(Scalar::from).collect();
        all.extend((0..3u64).map(|i| -Scalar::from(i + 1)));
        for bits in 0..252 {
            let mut bytes = [0u8; 32];
            bytes[bits / 8] = 1 << (bits % 8);
            let power = Scalar::from_canonical_bytes(bytes).unwrap();
            all.extend([power, power - Scalar::ONE, power + Scalar::ONE]);
        }
        all
    }

    /// The integer that digits write, in 32 bytes; `None` where it is negative or longer.
    fn integer(digits: &[i16; DIGITS]) -> Option<[u8; 32]> {
        // Schoolbook: bit by bit from the lowest, carrying a signed rest.
        let mut bytes = [0u8; 32];
        let mut rest = 0i64;
        for bit in 0..DIGITS * WINDOW {
            if bit % WINDOW == 0 {
                rest += i64::from(digits[bit / WINDOW]);
            }
            if rest & 1 == 1 {
                *bytes.get_mut(bit / 8)? |= 1 << (bit % 8);
            }
            rest >>= 1;
        }
        (rest == 0).then_some(bytes)
    }

    #[test]
    fn digits_write_the_scalar_itself_and_stay_in_their_row() {
        for scalar in awkward_scalars() {
            let digits = digits(&scalar);
            assert_eq!(integer(&digits), Some(scalar.to_bytes()));
            assert!(
                digits.iter().all(|digit| (-511..=512).contains(digit)),
                "{digits:?}"
            );
        }
    }

    #[test]
    fn the_table_multiplies_as_the_library_does_small_order_parts_included() {
        let mixed =
            constants::ED25519_BASEPOINT_POINT * Scalar::from(7u64) + constants::EIGHT_TORSION[1];
        for point in [constants::ED25519_BASEPOINT_POINT, mixed] {
            let table = Table::of(point);
            let scalars = awkward_scalars();
            let digits: Vec<_> = scalars.iter().map(digits).collect();
            let mut sums = vec![EdwardsPoint::identity(); scalars.len()];
            table.add(&digits, &mut sums);
            for (scalar, sum) in scalars.iter().zip(sums) {
                assert_eq!(sum, point * scalar);
            }
        }
    }

    proptest! {
        #[test]
        fn digits_write_any_scalar(wide in any::<[u8; 32]>(), more in any::<[u8; 32]>()) {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&wide);
            bytes[32..].copy_from_slice(&more);
            let scalar = Scalar::from_bytes_mod_order_wide(&bytes);
            prop_assert_eq!(integer(&digits(&scalar)), Some(scalar.to_bytes()));
        }
    }
}
