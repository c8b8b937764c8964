//! Times of the story: microseconds since the Unix epoch, and their texts. No clock is read.

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = u64;

/// A second.
pub const SECOND: Micros = 1_000_000;
/// A minute.
pub const MINUTE: Micros = 60 * SECOND;
/// An hour.
pub const HOUR: Micros = 60 * MINUTE;

/// 2026-06-01T00:00:00Z.
const JUNE: Micros = 1_780_272_000 * SECOND;

/// A time in June 2026, UTC.
pub const fn june(day: u64, hour: u64, minute: u64, second: u64, micros: u64) -> Micros {
    JUNE + (day - 1) * 24 * HOUR + hour * HOUR + minute * MINUTE + second * SECOND + micros
}

/// Calendar fields of a time: year, month, day, hour, minute, second, microsecond.
fn fields(at: Micros) -> (u64, u64, u64, u64, u64, u64, u64) {
    let seconds = at / SECOND;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days to civil date, after Howard Hinnant, for dates past the epoch.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (
        year,
        month,
        day,
        rest / 3600,
        rest / 60 % 60,
        rest % 60,
        at % SECOND,
    )
}

/// Appends RFC 3339 in UTC with `Z` and so many digits of the second, 0 to 9.
pub fn push(out: &mut Vec<u8>, at: Micros, digits: usize) {
    let (year, month, day, hour, minute, second, micros) = fields(at);
    digits_of(out, year, 4);
    out.push(b'-');
    digits_of(out, month, 2);
    out.push(b'-');
    digits_of(out, day, 2);
    out.push(b'T');
    digits_of(out, hour, 2);
    out.push(b':');
    digits_of(out, minute, 2);
    out.push(b':');
    digits_of(out, second, 2);
    if digits > 0 {
        out.push(b'.');
        digits_of(out, micros * 1_000 / 10_u64.pow(9 - digits as u32), digits);
    }
    out.push(b'Z');
}

fn digits_of(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = number;
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// RFC 3339 in UTC with so many digits of the second.
pub fn text(at: Micros, digits: usize) -> String {
    let mut out = Vec::with_capacity(30);
    push(&mut out, at, digits);
    out.into_iter().map(char::from).collect()
}

/// `20260612T0200Z`, or with seconds `20260612T020000Z`, as in CloudTrail's file names.
pub fn compact(at: Micros, with_seconds: bool) -> String {
    let (year, month, day, hour, minute, second, _) = fields(at);
    if with_seconds {
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    } else {
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}Z")
    }
}

/// `2026/06/12`, as in CloudTrail's folders.
pub fn folder(at: Micros) -> String {
    let (year, month, day, ..) = fields(at);
    format!("{year:04}/{month:02}/{day:02}")
}

/// `Jun 12, 2026, 3:11:47 AM`, as AWS writes the end of a session.
pub fn american(at: Micros) -> String {
    let (year, _, day, hour, minute, second, _) = fields(at);
    let half = if hour < 12 { "AM" } else { "PM" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("Jun {day}, {year}, {twelve}:{minute:02}:{second:02} {half}")
}

/// The moments of the uneventful acts of a source: so many in each stretch, evenly spread, with a
/// little unevenness, never running back.
#[derive(Debug, Clone)]
pub struct Schedule {
    stretches: Vec<(Micros, Micros, u64)>,
    stretch: usize,
    done: u64,
    rng: crate::rng::Rng,
}

impl Schedule {
    /// `stretches` are (from, to, how many), in order of time.
    pub fn new(stretches: Vec<(Micros, Micros, u64)>, rng: crate::rng::Rng) -> Schedule {
        Schedule {
            stretches,
            stretch: 0,
            done: 0,
            rng,
        }
    }
}

impl Iterator for Schedule {
    type Item = Micros;
    fn next(&mut self) -> Option<Micros> {
        loop {
            let &(from, to, count) = self.stretches.get(self.stretch)?;
            if self.done == count {
                self.stretch += 1;
                self.done = 0;
                continue;
            }
            let span = to - from;
            let step = span / (count + 1);
            self.done += 1;
            let offset = u128::from(self.done) * u128::from(span) / u128::from(count + 1);
            return Some(from + offset as u64 + self.rng.below(step / 2));
        }
    }
}

/// Uneventful acts and the story's beats, merged by time. A beat is given by its index.
pub struct Timeline<'a> {
    noise: std::iter::Peekable<Schedule>,
    beats: &'a [Micros],
    next_beat: usize,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Something uneventful.
    Noise(Micros),
    /// The beat with this index.
    Beat(usize),
}

impl<'a> Timeline<'a> {
    /// Merges them; `beats` are in order of time.
    pub fn new(noise: Schedule, beats: &'a [Micros]) -> Timeline<'a> {
        Timeline {
            noise: noise.peekable(),
            beats,
            next_beat: 0,
        }
    }
}

impl Iterator for Timeline<'_> {
    type Item = Next;
    fn next(&mut self) -> Option<Next> {
        let beat = self.beats.get(self.next_beat).copied();
        match (self.noise.peek().copied(), beat) {
            (Some(noise), Some(beat)) if noise < beat => self.noise.next().map(Next::Noise),
            (_, Some(_)) => {
                self.next_beat += 1;
                Some(Next::Beat(self.next_beat - 1))
            }
            (_, None) => self.noise.next().map(Next::Noise),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_texts_that_date_gives() {
        // date -u -d @1781230306 +%FT%TZ → 2026-06-12T02:11:46Z
        assert_eq!(june(12, 2, 11, 46, 0) / SECOND, 1_781_230_306);
        assert_eq!(
            text(june(12, 2, 11, 46, 902_113), 6),
            "2026-06-12T02:11:46.902113Z"
        );
        assert_eq!(
            text(june(12, 2, 11, 46, 902_113), 0),
            "2026-06-12T02:11:46Z"
        );
        assert_eq!(
            text(june(12, 2, 11, 46, 902_113), 9),
            "2026-06-12T02:11:46.902113000Z"
        );
        assert_eq!(text(951_782_400 * SECOND, 0), "2000-02-29T00:00:00Z");
        assert_eq!(american(june(12, 15, 4, 5, 0)), "Jun 12, 2026, 3:04:05 PM");
    }

    #[test]
    fn a_schedule_gives_as_many_moments_as_asked_and_never_runs_back() {
        let rng = crate::rng::Rng::new(3, "schedule");
        let times: Vec<_> = Schedule::new(
            vec![(0, 100, 7), (100, 100, 3), (200, 1_000_000, 5_000)],
            rng,
        )
        .collect();
        assert_eq!(times.len(), 5_010);
        assert!(times.is_sorted());
    }
}
