//! The limits that rules use: each with a default, each to be changed, all shown with the findings.

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A stretch of time, in microseconds; written `90s`, `15m`, `36h`, `30d`.
    Time,
    /// A plain number.
    Count,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $limit:ident $name:literal $unit:ident $default:expr, $about:literal;)*) => {
        /// A limit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Limit { $($(#[$doc])* $limit,)* }

        impl Limit {
            /// All of them.
            pub const ALL: &[Limit] = &[$(Limit::$limit,)*];
            /// Its name on the command line.
            pub fn name(self) -> &'static str { match self { $(Limit::$limit => $name,)* } }
            /// How it is counted.
            pub fn unit(self) -> Unit { match self { $(Limit::$limit => Unit::$unit,)* } }
            /// Its value where nobody changes it.
            pub fn default(self) -> i64 { match self { $(Limit::$limit => $default,)* } }
            /// What it bounds, in words.
            pub fn about(self) -> &'static str { match self { $(Limit::$limit => $about,)* } }
        }
    };
}

limits! {
    /// See [`Limit::about`].
    ClockTolerance "clock-tolerance" Time 2 * MINUTE,
        "two files' clocks may differ by so much; order inside it proves nothing";
    /// See [`Limit::about`].
    CredentialLife "credential-life" Time DAY,
        "a credential that lives longer is long-lived";
    /// See [`Limit::about`].
    MintLookback "mint-lookback" Time 36 * HOUR,
        "a short-lived credential was made at most so long before its first use";
    /// See [`Limit::about`].
    ReplayWindow "replay-window" Time 15 * MINUTE,
        "one credential at two places within this time is at both at once";
    /// See [`Limit::about`].
    BurstSecrets "burst-secrets" Count 20,
        "so many distinct secrets are a burst";
    /// See [`Limit::about`].
    BurstWindow "burst-window" Time 10 * MINUTE,
        "… where they are asked for within this time";
    /// See [`Limit::about`].
    DecidedShare "decided-share" Count 90,
        "percent of a log's secret reads that must record a decision before one without means anything";
    /// See [`Limit::about`].
    KeyUse "key-use" Time DAY,
        "a new key's, role's or trust's first use within this time is told of";
    /// See [`Limit::about`].
    Dormant "dormant" Time 30 * DAY,
        "an identity that was silent for so long and then acts was dormant";
    /// See [`Limit::about`].
    EndSlack "end-slack" Time HOUR,
        "a stream that is closed so long before the rest of the evidence ends has ended early";
}

/// The values of all limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits(Vec<i64>);

impl Default for Limits {
    fn default() -> Limits {
        Limits(Limit::ALL.iter().map(|limit| limit.default()).collect())
    }
}

/// Why a limit could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitError {
    /// No limit has that name.
    NoSuchLimit(String),
    /// The value is none of its unit.
    NoSuchValue(Limit, String),
}

impl Limits {
    /// A limit's value: microseconds, or a number.
    pub fn get(&self, limit: Limit) -> i64 {
        self.0[limit as usize]
    }

    /// Sets a limit.
    pub fn set(&mut self, limit: Limit, value: i64) {
        self.0[limit as usize] = value.max(0);
    }

    /// Sets a limit by its name to a value as it is written: `36h`, `20`.
    pub fn set_text(&mut self, name: &str, value: &str) -> Result<(), LimitError> {
        let limit = Limit::ALL
            .iter()
            .copied()
            .find(|limit| limit.name() == name);
        let limit = limit.ok_or_else(|| LimitError::NoSuchLimit(name.into()))?;
        let bad = || LimitError::NoSuchValue(limit, value.into());
        let parsed = match limit.unit() {
            Unit::Count => number(value),
            Unit::Time => {
                let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let unit = match &value[digits.len()..] {
                    "s" => Some(SECOND),
                    "m" => Some(MINUTE),
                    "h" => Some(HOUR),
                    "d" => Some(DAY),
                    _ => None,
                };
                number(digits)
                    .zip(unit)
                    .and_then(|(count, unit)| count.checked_mul(unit))
            }
        };
        self.set(limit, parsed.ok_or_else(bad)?);
        Ok(())
    }

    /// A limit's value as it is written.
    pub fn show(&self, limit: Limit) -> String {
        match limit.unit() {
            Unit::Count => self.get(limit).to_string(),
            Unit::Time => span(self.get(limit)),
        }
    }
}

fn number(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A stretch of time in words: `36h`, `15m`, `1h 30m`, `12.5s`. Two units at most, cut.
pub fn span(micros: i64) -> String {
    let micros = micros.max(0);
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s")];
    // A whole number of hours up to two days reads better as hours.
    let units = if micros % HOUR == 0 && micros <= 2 * DAY && micros % DAY != 0 {
        &units[1..]
    } else {
        &units[..]
    };
    for (index, (unit, name)) in units.iter().enumerate() {
        if micros >= *unit {
            let (count, rest) = (micros / unit, micros % unit);
            return match units.get(index + 1) {
                Some((next, next_name)) if rest >= *next => {
                    format!("{count}{name} {}{next_name}", rest / next)
                }
                _ => format!("{count}{name}"),
            };
        }
    }
    if micros == 0 {
        "0s".into()
    } else {
        format!("{}.{:06}s", micros / SECOND, micros % SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_set_again() {
        let limits = Limits::default();
        for &limit in Limit::ALL {
            let mut other = Limits::default();
            other.set(limit, 7);
            other.set_text(limit.name(), &limits.show(limit)).unwrap();
            assert_eq!(other, limits, "{}", limit.name());
        }
    }

    #[test]
    fn a_mistyped_limit_is_refused_and_never_ignored() {
        let mut limits = Limits::default();
        let set = limits.set_text("burst", "3");
        assert_eq!(set, Err(LimitError::NoSuchLimit("burst".into())));
        for value in [
            "",
            "3",
            "h",
            "-3h",
            "3 h",
            "1e3s",
            "99999999999999999999s",
            "9223372036854775807d",
        ] {
            let bad = LimitError::NoSuchValue(Limit::Dormant, value.into());
            assert_eq!(limits.set_text("dormant", value), Err(bad), "{value}");
        }
        assert_eq!(limits, Limits::default());
    }

    #[test]
    fn spans_read_easily() {
        for (micros, text) in [
            (0, "0s"),
            (36 * HOUR, "36h"),
            (30 * DAY, "30d"),
            (90 * MINUTE, "1h 30m"),
            (167 * SECOND, "2m 47s"),
            (500, "0.000500s"),
            (-1, "0s"),
        ] {
            assert_eq!(span(micros), text);
        }
    }
}
