//! RFC 8785, the canonical form.

use super::reader::is_exact;
use super::{Number, Value, scan};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::slice;

/// Why a value has no canonical form that two implementations are sure to share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// An integer outside ±(2^53 − 1), or a number that no double holds.
    #[error("the number {0} is not exact as a double")]
    Number(String),
    /// A member name stands twice.
    #[error("the member {0:?} stands twice")]
    DuplicateMember(String),
}

/// Appends the canonical form. The caller has refused documents with a lapse. After an error, what
/// was appended means nothing. It does not recurse.
pub fn canonical(value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let mut open = Vec::new();
    begin(value, out, &mut open)?;
    while let Some(container) = open.last_mut() {
        let next = match container {
            Open::Array { rest, first } => rest.next().inspect(|_| separate(first, out)),
            Open::Object { rest, first } => rest.next().map(|(name, value)| {
                separate(first, out);
                string(name, out);
                out.push(b':');
                value
            }),
        };
        match next {
            Some(value) => begin(value, out, &mut open)?,
            None => {
                out.push(if matches!(container, Open::Array { .. }) {
                    b']'
                } else {
                    b'}'
                });
                open.pop();
            }
        }
    }
    Ok(())
}

/// A container that is not yet written whole.
enum Open<'v, 'a> {
    Array {
        rest: slice::Iter<'v, Value<'a>>,
        first: bool,
    },
    Object {
        rest: std::vec::IntoIter<&'v Member<'a>>,
        first: bool,
    },
}

type Member<'a> = (Cow<'a, str>, Value<'a>);

fn separate(first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

/// Writes a scalar, or opens a container.
fn begin<'v, 'a>(
    value: &'v Value<'a>,
    out: &mut Vec<u8>,
    open: &mut Vec<Open<'v, 'a>>,
) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(value) => number(*value, out)?,
        Value::String(text) => string(text, out),
        Value::Array(values) => {
            out.push(b'[');
            open.push(Open::Array {
                rest: values.iter(),
                first: true,
            });
        }
        Value::Object(object) => {
            let mut members: Vec<&Member<'a>> = object.0.iter().collect();
            members.sort_by(|(a, _), (b, _)| utf16_order(a, b));
            if let Some(pair) = members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(CanonicalError::DuplicateMember(pair[0].0.to_string()));
            }
            out.push(b'{');
            open.push(Open::Object {
                rest: members.into_iter(),
                first: true,
            });
        }
    }
    Ok(())
}

/// The order by UTF-16 code units (section 3.2.3). It is that of UTF-8 bytes, but that U+10000 and
/// above (lead bytes F0 to F4; in UTF-16 surrogates, D800 to DFFF) stand before U+E000 to U+FFFF
/// (lead bytes EE and EF).
fn utf16_order(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    match a.iter().zip(b).find(|(a, b)| a != b) {
        Some((0xee | 0xef, 0xf0..)) => Ordering::Greater,
        Some((0xf0.., 0xee | 0xef)) => Ordering::Less,
        Some((a, b)) => a.cmp(b),
        None => a.len().cmp(&b.len()),
    }
}

/// A string with the escapes of section 3.2.2.2 and no others.
fn string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    out.push(b'"');
    loop {
        let end = scan::special(bytes, at);
        out.extend_from_slice(&bytes[at..end]);
        let Some(&c) = bytes.get(end) else { break };
        match c {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => {
                let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(c >> 4), digit(c)]);
            }
        }
        at = end + 1;
    }
    out.push(b'"');
}

/// A number as ECMAScript writes the double (section 3.2.2.3).
fn number(number: Number<'_>, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let refused = || CanonicalError::Number(number.0.to_string());
    if number.is_integer() {
        // Exact integers below 10^21 are written as they stand, but for minus zero.
        if !is_exact(number.0.strip_prefix('-').unwrap_or(number.0)) {
            return Err(refused());
        }
        let text = if number.0 == "-0" { "0" } else { number.0 };
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    let value: f64 = number.0.parse().map_err(|_| refused())?;
    if !value.is_finite() {
        return Err(refused());
    }
    double(value, out);
    Ok(())
}

/// The digits and the exponent that ECMA-262 calls s and n − 1, as `d.ddde±x`: the fewest digits that
/// read back as the same double, of those the nearest to it, of two as near the even one.
fn shortest(value: f64) -> String {
    let mut shortest = String::with_capacity(24);
    write!(shortest, "{value:e}").expect("a String takes all");
    // Rust promises no choice between two as near. Such a tie has 15 digits at least: two decimals
    // of fewer never read as one double.
    let count = shortest
        .split('e')
        .next()
        .map_or(0, |digits| digits.len() - 1);
    if count >= 15 {
        let mut even = String::with_capacity(24);
        write!(even, "{value:.*e}", count - 1).expect("a String takes all");
        if even.parse() == Ok(value) {
            return even;
        }
    }
    shortest
}

/// `Number::toString` of ECMA-262 for a finite double.
fn double(value: f64, out: &mut Vec<u8>) {
    if value == 0.0 {
        out.push(b'0');
        return;
    }
    let shortest = shortest(value.abs());
    let (mantissa, exponent) = shortest.split_once('e').expect("written with an exponent");
    let point = exponent.parse::<i32>().expect("a double's exponent") + 1;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let count = (whole.len() + fraction.len()) as i32;
    let digits = || whole.bytes().chain(fraction.bytes());
    let zeros = |count: i32| (0..count).map(|_| b'0');
    if value < 0.0 {
        out.push(b'-');
    }
    match point {
        1..=21 if count <= point => {
            out.extend(digits());
            out.extend(zeros(point - count));
        }
        1..=21 => {
            out.extend(digits().take(point as usize));
            out.push(b'.');
            out.extend(digits().skip(point as usize));
        }
        -5..=0 => {
            out.extend_from_slice(b"0.");
            out.extend(zeros(-point));
            out.extend(digits());
        }
        _ => {
            out.extend_from_slice(whole.as_bytes());
            if !fraction.is_empty() {
                out.push(b'.');
                out.extend_from_slice(fraction.as_bytes());
            }
            out.extend_from_slice(if point > 0 { b"e+" } else { b"e-" });
            out.extend((point - 1).unsigned_abs().to_string().bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn es6(value: f64) -> String {
        let mut out = Vec::new();
        double(value, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    /// RFC 8785, appendix B: the bits of a double and what ECMAScript writes.
    #[test]
    fn doubles_are_written_as_appendix_b_has_them() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(es6(f64::from_bits(bits)), text, "{bits:016x}");
        }
    }

    #[test]
    fn numbers_that_a_double_does_not_hold_are_refused() {
        for text in [
            "9007199254740992",
            "-9007199254740992",
            "9007199254740993",
            "18446744073709551616",
            "1e400",
            "-1E+309",
            "1.8e308",
        ] {
            let mut out = Vec::new();
            assert_eq!(
                number(Number(text), &mut out),
                Err(CanonicalError::Number(text.to_string())),
            );
        }
        for (text, written) in [
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e-400", "0"),
            ("9007199254740992.0", "9007199254740992"),
            ("10E-1", "1"),
        ] {
            let mut out = Vec::new();
            assert_eq!(number(Number(text), &mut out), Ok(()));
            assert_eq!(String::from_utf8_lossy(&out), written);
        }
    }

    proptest! {
        #[test]
        fn names_are_ordered_by_utf16_code_units(a: String, b: String) {
            prop_assert_eq!(utf16_order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
        }

        #[test]
        fn names_of_high_characters_are_ordered_by_utf16_code_units(
            a in "[\u{d7ff}\u{e000}\u{efff}\u{ffff}\u{10000}\u{fffff}\u{10ffff}z]{0,4}",
            b in "[\u{d7ff}\u{e000}\u{efff}\u{ffff}\u{10000}\u{fffff}\u{10ffff}z]{0,4}",
        ) {
            prop_assert_eq!(utf16_order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
        }

        #[test]
        fn a_double_reads_back_as_the_same(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite() && value != 0.0);
            prop_assert_eq!(es6(value).parse::<f64>().map(f64::to_bits), Ok(bits));
        }
    }
}
