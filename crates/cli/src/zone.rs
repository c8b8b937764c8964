//! The zone that times are shown in.

use chrono::{DateTime, FixedOffset, TimeZone as _, Utc};
use std::str::FromStr;
use workbench::Micros;

/// UTC, an offset, or a name of the IANA data base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// UTC.
    Utc,
    /// A fixed offset.
    Offset(FixedOffset),
    /// A named zone.
    Named(chrono_tz::Tz),
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Zone, String> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Zone::Utc);
        }
        if let Ok(offset) = text.parse::<FixedOffset>() {
            return Ok(Zone::Offset(offset));
        }
        text.parse::<chrono_tz::Tz>()
            .map(Zone::Named)
            .map_err(|_| "not a zone: write UTC, +02:00 or Europe/Berlin".into())
    }
}

impl Zone {
    /// A time in this zone, with its offset: no fraction for whole seconds.
    pub fn show(self, time: Micros) -> String {
        if self == Zone::Utc {
            return time.to_string();
        }
        let Some(utc) = DateTime::<Utc>::from_timestamp_micros(time.0) else {
            return time.to_string();
        };
        let format = if time.0.rem_euclid(1_000_000) == 0 {
            "%Y-%m-%dT%H:%M:%S%:z"
        } else {
            "%Y-%m-%dT%H:%M:%S%.6f%:z"
        };
        match self {
            Zone::Utc => time.to_string(),
            Zone::Offset(offset) => offset
                .from_utc_datetime(&utc.naive_utc())
                .format(format)
                .to_string(),
            Zone::Named(zone) => zone
                .from_utc_datetime(&utc.naive_utc())
                .format(format)
                .to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_with_its_offset() {
        // `date -d @1781230306.902113 +%FT%T.%6N%:z` in the zone.
        let time = Micros(1_781_230_306_902_113);
        assert_eq!(
            "UTC".parse::<Zone>().unwrap().show(time),
            "2026-06-12T02:11:46.902113Z"
        );
        assert_eq!(
            "Europe/Berlin".parse::<Zone>().unwrap().show(time),
            "2026-06-12T04:11:46.902113+02:00"
        );
        assert_eq!(
            "-03:30"
                .parse::<Zone>()
                .unwrap()
                .show(Micros(1_781_230_306_000_000)),
            "2026-06-11T22:41:46-03:30"
        );
        assert!("Berlin time".parse::<Zone>().is_err());
    }
}
