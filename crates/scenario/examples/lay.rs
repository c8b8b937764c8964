fn main() {
    let mut args = std::env::args().skip(1);
    let dir = std::path::PathBuf::from(args.next().unwrap());
    let size = match args.next().as_deref() { Some("demo") => scenario::truth::Size::demo(), Some("small") => scenario::truth::Size::small(), Some(n) => scenario::truth::Size::of(n.parse().unwrap()), None => scenario::truth::Size::demo() };
    let begin = std::time::Instant::now();
    let truth = scenario::site::lay(&dir, 1, size).unwrap();
    println!("{:?} {:?}", truth.records, begin.elapsed());
    for s in truth.sources { println!("{s:?}"); }
}
