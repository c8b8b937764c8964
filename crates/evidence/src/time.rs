//! Times as evidence writes them.
//!
//! RFC 3339, read strictly: a date that no calendar has, a missing zone or a short year is no time
//! at all. Nothing is guessed.

use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z. Fits a JavaScript number until the year 2255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// Reads an RFC 3339 time with a zone (`Z` or an offset) and up to nine digits of a second; digits
/// past the sixth are cut. `None` for everything else: no zone, year or date is ever guessed.
/// A leap second (`:60`) is read as the last microsecond of its minute; it is only where RFC 3339
/// (section 5.7) allows it, at 23:59 UTC on the last day of a month.
///
/// `t` and `z` may be lower-case (section 5.6).
pub fn rfc3339(text: &str) -> Option<Micros> {
    let bytes = text.as_bytes();
    let date_time = bytes.first_chunk::<19>()?;
    if !matches!(date_time[10], b'T' | b't') {
        return None;
    }
    let (fraction, zone) = fraction(&bytes[19..])?;
    micros(date_time, fraction, offset_seconds(zone)?)
}

/// Reads an RFC 3339 time in UTC that is written with `Z`, as an audit bundle wants it
/// (`docs/audit-bundle.md`, rule 3): `T` and `Z` in upper case.
pub fn rfc3339_utc(text: &str) -> Option<Micros> {
    let bytes = text.as_bytes();
    (bytes.get(10) == Some(&b'T') && bytes.last() == Some(&b'Z'))
        .then(|| rfc3339(text))
        .flatten()
}

/// The microseconds of `.digits`, cut after the sixth, and what follows. Zero without a fraction.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = rest.split_first() else {
        return Some((0, rest));
    };
    let count = digits.iter().take_while(|c| c.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let (digits, zone) = digits.split_at(count);
    let micros = (0..6).fold(0, |sum, i| {
        sum * 10 + digits.get(i).map_or(0, |c| i64::from(c - b'0'))
    });
    Some((micros, zone))
}

/// How far the zone's clock is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    match *zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            let ahead = (hours * 60 + minutes) * 60;
            (hours < 24 && minutes < 60).then_some(if sign == b'-' { -ahead } else { ahead })
        }
        _ => None,
    }
}

fn micros(text: &[u8; 19], fraction: i64, offset: i64) -> Option<Micros> {
    let separated = text[4] == b'-' && text[7] == b'-' && text[13] == b':' && text[16] == b':';
    let (year, month, day) = (
        number(&text[0..4])?,
        number(&text[5..7])?,
        number(&text[8..10])?,
    );
    let (hour, minute) = (number(&text[11..13])?, number(&text[14..16])?);
    let second = number(&text[17..19])?;
    let possible = separated
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !possible {
        return None;
    }
    let minute_start =
        days_from_civil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 - offset;
    if second == 60 {
        let next = minute_start + 60;
        let (_, _, day) = civil_from_days(next.div_euclid(SECONDS_PER_DAY));
        let ends_a_month = next.rem_euclid(SECONDS_PER_DAY) == 0 && day == 1;
        return ends_a_month.then_some(Micros(next * MICROS_PER_SECOND - 1));
    }
    Some(Micros(
        (minute_start + second) * MICROS_PER_SECOND + fraction,
    ))
}

/// A number of ASCII digits only: no sign, no space.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, c| {
        c.is_ascii_digit().then(|| sum * 10 + i64::from(c - b'0'))
    })
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Counted in eras of 400
/// years that begin on a 1 March, so that the leap day is the last of its year (Howard Hinnant,
/// *chrono-Compatible Low-Level Date Algorithms*).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date (year, month, day) that lies so many days after 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

impl fmt::Display for Micros {
    /// RFC 3339 in UTC with `Z`: no fraction for whole seconds, else six digits. A year that RFC
    /// 3339 cannot write is written with its sign, as ISO 8601 does; no reader here takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(MICROS_PER_SECOND);
        let fraction = self.0.rem_euclid(MICROS_PER_SECOND);
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}")?;
        } else {
            write!(f, "{year:+05}")?;
        }
        write!(f, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if fraction != 0 {
            write!(f, ".{fraction:06}")?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Expected values by GNU date (`date -u -d TEXT +%s`) and, for the leap seconds, RFC 3339
    /// section 5.8.
    #[test]
    fn times_are_read_as_others_read_them() {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
            ("2026-06-01T00:00:04.120000Z", 1_780_272_004_120_000),
            ("2026-11-21T07:42:10.315106699Z", 1_795_246_930_315_106),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999_999),
            ("1990-12-31T23:59:60Z", 662_687_999_999_999),
            ("1990-12-31T15:59:60-08:00", 662_687_999_999_999),
            ("1969-12-31T23:59:59.5Z", -500_000),
            ("2020-01-01t00:00:00z", 1_577_836_800_000_000),
            ("2020-01-01T00:00:00-00:00", 1_577_836_800_000_000),
        ] {
            assert_eq!(rfc3339(text), Some(Micros(micros)), "{text}");
        }
    }

    #[test]
    fn no_zone_year_or_date_is_guessed() {
        for text in [
            "",
            "2020-01-01",
            "2020-01-01T00:00:00",
            "2020-01-01 00:00:00Z",
            "2020-01-01T00:00Z",
            "20-01-01T00:00:00Z",
            "12020-01-01T00:00:00Z",
            "+2020-01-01T00:00:00Z",
            "2020-1-01T00:00:00Z",
            "2020-00-01T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-01-00T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2020-02-30T00:00:00Z",
            "2020-04-31T00:00:00Z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:60:00Z",
            "2020-01-01T00:00:61Z",
            "2020-01-01T12:00:60Z",
            "2020-01-15T23:59:60Z",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00.1234567890Z",
            "2020-01-01T00:00:00,5Z",
            "2020-01-01T00:00:00+24:00",
            "2020-01-01T00:00:00+01:60",
            "2020-01-01T00:00:00+0100",
            "2020-01-01T00:00:00+01",
            "2020-01-01T00:00:00ZZ",
            "2020-01-01T00:00:00Z ",
            " 2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00 UTC",
            "2020-01-01T00:00:0\u{661}Z",
            "2020/01/01T00:00:00Z",
            "1577836800",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn a_bundle_wants_utc_in_upper_case() {
        assert_eq!(rfc3339_utc("1970-01-01T00:00:00.000001Z"), Some(Micros(1)));
        for text in [
            "1970-01-01t00:00:00Z",
            "1970-01-01T00:00:00z",
            "1970-01-01T00:00:00+00:00",
            "1970-01-01T00:00:00",
            "1970-02-30T00:00:00Z",
        ] {
            assert_eq!(rfc3339_utc(text), None, "{text}");
        }
    }

    #[test]
    fn whole_seconds_are_shown_without_a_fraction() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (482_196_050_520_000, "1985-04-12T23:20:50.520000Z"),
            (253_402_300_800_000_000, "+10000-01-01T00:00:00Z"),
            (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Micros(micros).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_as_the_same(
            micros in -62_167_219_200_000_000_i64..=253_402_300_799_999_999,
        ) {
            let text = Micros(micros).to_string();
            prop_assert_eq!(rfc3339(&text), Some(Micros(micros)));
            prop_assert_eq!(rfc3339_utc(&text), Some(Micros(micros)));
        }

        #[test]
        fn chrono_agrees_on_every_moment(
            micros in -62_167_219_200_000_000_i64..=253_402_300_799_999_999,
        ) {
            let shown = chrono::DateTime::from_timestamp_micros(micros)
                .expect("in range")
                .format("%Y-%m-%dT%H:%M:%S%.6fZ")
                .to_string();
            prop_assert_eq!(rfc3339(&shown), Some(Micros(micros)));
        }

        #[test]
        fn every_moment_can_be_shown(micros: i64) {
            prop_assert!(Micros(micros).to_string().ends_with('Z'));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = (rfc3339(&text), rfc3339_utc(&text));
        }

        #[test]
        fn no_text_near_a_time_makes_it_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,11})?([Zz]|[+-][0-9]{2}:[0-9]{2})?") {
            let _ = (rfc3339(&text), rfc3339_utc(&text));
        }
    }
}
