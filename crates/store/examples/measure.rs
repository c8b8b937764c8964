//! Measures the case file: rows written a second, bytes a row, and how long each kind of reading
//! takes. `cargo run --release -p store --example measure [MILLIONS [CASE]]`; CASE is kept.

use evidence::container::Wrapping;
use evidence::event::{Events, Field};
use evidence::facts::Chains;
use evidence::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
use evidence::verify::{Outcome, Span, StreamOutcome};
use evidence::{Batch, Digest, FileFacts, Format, Kind, Micros, Verdict};
use std::time::Instant;
use store::*;

/// SplitMix64: the same evidence each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

const START: i64 = 1_780_000_000_000_000;

/// A batch of some 420 records of 600 bytes each.
fn batch(dice: &mut Dice, offset: u64, first: u64) -> (Batch, Events) {
    let mut batch = Batch {
        offset,
        first_ordinal: first,
        ..Batch::default()
    };
    let mut events = Events::default();
    for i in 0..420 {
        let n = first + i;
        let time = START + n as i64 * 40_000 + dice.roll(30_000) as i64;
        let types = ["token.use", "call", "secret.read", "call", "tool.invoke"];
        let who = dice.roll(400);
        let actor = format!("spiffe://example.com/agent/deployer-{who}");
        // A token for each agent and quarter of an hour, some 60 acts with each; the first mints.
        let life = n / 24_000;
        let mints = dice.roll(60) == 0;
        let kind = if mints {
            "token.mint"
        } else {
            types[dice.roll(5) as usize]
        };
        let token = format!(
            "jti:{who:08x}{:016x}{:08x}",
            life.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            dice.roll(1 << 32)
        );
        let credential = format!(
            "jti:{who:08x}{:016x}",
            life.wrapping_mul(0x2545_f491_4f6c_dd1d)
        );
        let part = dice.roll(2000);
        let resource = format!(
            "arn:aws:s3:::customer-data-{}/part-{}",
            dice.roll(20),
            dice.roll(part + 1)
        );
        let ip = format!(
            "10.{}.{}.{}",
            who % 4,
            who % 16,
            if dice.roll(20) == 0 {
                dice.roll(250)
            } else {
                who % 250
            }
        );
        let prev = format!(
            "{:016x}{:016x}{:016x}{:016x}",
            dice.roll(u64::MAX),
            dice.roll(u64::MAX),
            dice.roll(u64::MAX),
            dice.roll(u64::MAX)
        );
        let line = format!(
            "{{\"v\":1,\"stream\":\"example.com/agents-prod\",\"seq\":{n},\"prev\":\"{prev}\",\"time\":\"{time}\",\"type\":\"{kind}\",\"actor\":{{\"id\":\"{actor}\",\"kind\":\"agent\"}},\"subject\":{{\"id\":\"spiffe://example.com/sts\",\"kind\":\"service\"}},\"credential\":{{\"id\":\"{credential}\"}},\"token\":{{\"id\":\"{token}\",\"scope\":[\"vault:read\"]}},\"resource\":{{\"id\":\"{resource}\",\"kind\":\"object\",\"classification\":\"restricted\"}},\"policy\":{{\"id\":\"mint-short-lived\",\"version\":\"12\",\"decision\":\"allow\"}},\"outcome\":\"success\",\"source\":{{\"ip\":\"{ip}\"}}}}"
        );
        let at = batch.bytes.len() as u32;
        batch.bytes.extend_from_slice(line.as_bytes());
        batch.records.push((at, line.len() as u32));
        batch.bytes.push(b'\n');
        events.begin();
        events.set_time(Some(Micros(time)));
        events.set(Field::Type, kind);
        events.set(Field::NativeType, kind);
        events.set(Field::Actor, &actor);
        events.set(Field::ActorKind, "agent");
        events.set(Field::Subject, "spiffe://example.com/sts");
        events.set(Field::Credential, &credential);
        if mints {
            events.set(Field::Token, &token);
        }
        events.set(Field::Resource, &resource);
        events.set(Field::Decision, "allow");
        events.set(Field::Outcome, "success");
        events.set(Field::SourceIp, &ip);
    }
    (batch, events)
}

/// Seconds that this thread has run, where the system tells it: other work on the machine does not
/// count then.
fn seconds(since: Instant) -> f64 {
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|ran| ran.split(' ').next()?.parse::<f64>().ok());
    ran.map_or_else(
        || since.elapsed().as_secs_f64(),
        |nanoseconds| nanoseconds / 1e9,
    )
}

fn main() -> Result<()> {
    let millions: f64 = std::env::args()
        .nth(1)
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(1.0);
    let wanted = (millions * 1e6) as u64;
    let folder = tempfile::tempdir()?;
    let kept = std::env::args_os().nth(2).map(std::path::PathBuf::from);
    let path = kept.unwrap_or_else(|| folder.path().join("measure.exhibit"));
    let by = || By {
        who: "bench".into(),
        tool: "measure".into(),
        at: Micros(0),
    };
    let entry = |act: &str| CustodyEntry {
        by: by(),
        act: act.into(),
        about: serde_json::Value::Null,
    };
    let mut case = Case::create(&path, &entry("create"))?;
    let begun = Instant::now();
    let mut dice = Dice(7);
    let (mut offset, mut ordinal, mut stored, mut packing, mut writing) = (0, 0, 0u64, 0.0, 0.0);
    let mut writer = case.begin_import(&by())?;
    writer.begin_path("measure")?;
    let file = writer.add_file("stream.jsonl", Kind::BundleStream, Wrapping::Plain)?;
    while ordinal < wanted {
        let (batch, events) = batch(&mut dice, offset, ordinal);
        let start = seconds(begun);
        let packed = pack(&batch)?;
        packing += seconds(begun) - start;
        stored += packed.stored_bytes() as u64;
        let seqs: Vec<Option<u64>> = (ordinal..ordinal + events.len() as u64).map(Some).collect();
        let start = seconds(begun);
        writer.write_batch(file, &batch, &packed, &events, Some(&seqs))?;
        writing += seconds(begun) - start;
        offset += batch.bytes.len() as u64;
        ordinal += events.len() as u64;
    }
    let zero = Digest([0; 32]);
    writer.end_file(
        &FileFacts {
            id: file,
            import: 1,
            path: String::new(),
            kind: Kind::BundleStream,
            sha256: zero,
            sha256_as_found: zero,
            bytes: offset,
            trailing: 0,
            records: ordinal,
            malformed: Vec::new(),
            rejected: Vec::new(),
            rejected_bytes: 0,
            earliest: None,
            latest: None,
            chains: Chains::None,
        },
        Ledger::default(),
    )?;
    let span = |first, last, verdict| Span {
        file,
        first,
        last,
        verdict,
        stream: 0,
    };
    let odd = ordinal / 2;
    let axes = Axes {
        form: Form::Ok,
        integrity: Integrity::Ok,
        author: Author::Unknown,
        completeness: Completeness::Open,
        time: Time::Asserted,
    };
    let outcome = Outcome {
        spans: vec![
            span(0, odd - 1, Verdict::INTACT),
            span(odd, odd, Verdict::CONTRADICTED),
            span(odd + 1, ordinal - 1, Verdict::INTACT),
        ],
        streams: vec![StreamOutcome {
            id: "example.com/agents-prod".into(),
            format: Format::NhiAuditBundle,
            records: ordinal,
            seqs: None,
            verdict: Verdict::CONTRADICTED,
            axes,
        }],
        ..Outcome::default()
    };
    let start = seconds(begun);
    writer.finish(&outcome, &entry("import"))?;
    let finishing = seconds(begun) - start;
    let start = seconds(begun);
    case.close()?;
    let closing = seconds(begun) - start;
    let size = std::fs::metadata(&path)?.len();
    let rows = ordinal as f64;
    println!(
        "{ordinal} records, {} MB raw, one thread",
        offset / 1_000_000
    );
    println!(
        "pack           {:>8.0} k rows/s  {:.0} MB/s",
        rows / packing / 1e3,
        offset as f64 / packing / 1e6
    );
    println!("write_batch    {:>8.0} k rows/s", rows / writing / 1e3);
    println!(
        "  with finish  {:>8.0} k rows/s  (finish {finishing:.2} s, close {closing:.2} s)",
        rows / (writing + finishing + closing) / 1e3
    );
    println!(
        "case           {:>8.1} MB, {:.0}% of raw",
        size as f64 / 1e6,
        size as f64 / offset as f64 * 100.0
    );
    println!(
        "  a record     {:>8.1} bytes compressed, {:.1} for its row and indexes",
        stored as f64 / rows,
        (size - stored) as f64 / rows
    );

    let start = Instant::now();
    let (case, _) = Case::open(&path, Mode::Read)?;
    let reader = case.reader()?;
    println!(
        "open           {:>8.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    );
    let time = |what: &str, act: &dyn Fn() -> Result<u64>| -> Result<()> {
        for turn in ["first", "again"] {
            let start = Instant::now();
            let gave = act()?;
            println!(
                "{what:<32} {turn} {:>9.2} ms  ({gave})",
                start.elapsed().as_secs_f64() * 1e3
            );
        }
        Ok(())
    };
    let all = Filter::default();
    let page = |filter: &Filter, from| Ok(reader.timeline(filter, from, 100)?.len() as u64);
    let term = |on, how, text: &str| Filter {
        terms: vec![Term {
            on,
            how,
            text: text.into(),
            negated: false,
        }],
        ..Filter::default()
    };
    time("page at rank n/2", &|| page(&all, Position::Rank(odd)))?;
    time("page at rank n-100", &|| {
        page(&all, Position::Rank(ordinal - 100))
    })?;
    let bad = Filter {
        verdicts: vec![evidence::Word::Contradicted],
        ..Filter::default()
    };
    time("contradicted: first page", &|| {
        page(&bad, Position::Rank(0))
    })?;
    let good = Filter {
        verdicts: vec![evidence::Word::Intact],
        ..Filter::default()
    };
    time("intact: first page", &|| page(&good, Position::Rank(0)))?;
    time("intact: page at rank n/2", &|| {
        page(&good, Position::Rank(odd))
    })?;
    let row = reader.timeline(&all, Position::Rank(odd), 1)?.pop();
    let credential = row
        .as_ref()
        .and_then(|row| row.get(Column::Credential))
        .unwrap_or_default();
    let one = term(On::Column(Column::Credential), How::Is, credential);
    time("one credential: first page", &|| {
        page(&one, Position::Rank(0))
    })?;
    time("one credential: count", &|| reader.count(&one))?;
    let word = term(On::Any, How::Contains, &credential[8..]);
    time("a word anywhere: first page", &|| {
        page(&word, Position::Rank(0))
    })?;
    let dense = term(On::Column(Column::Type), How::Is, "secret.read");
    time("a common type: first page", &|| {
        page(&dense, Position::Rank(0))
    })?;
    time("a common type: page at n/10", &|| {
        page(&dense, Position::Rank(ordinal / 10))
    })?;
    let window = Filter {
        from: Some(Micros(START + odd as i64 * 40_000)),
        until: Some(Micros(START + odd as i64 * 40_000 + 3_600_000_000)),
        ..Filter::default()
    };
    time("histogram, all, coarse", &|| {
        Ok(reader.histogram(&all, 33)?.len() as u64)
    })?;
    time("histogram, an hour, 2^21 us", &|| {
        Ok(reader.histogram(&window, 21)?.len() as u64)
    })?;
    time("histogram of a type, 2^33 us", &|| {
        Ok(reader.histogram(&dense, 33)?.len() as u64)
    })?;
    time("counts", &|| Ok(reader.counts()?.total()))?;
    Ok(())
}
