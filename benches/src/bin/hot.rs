//! temporary: one hot path alone, for a profiler
#[path = "../documents.rs"]
mod documents;
#[path = "../limits.rs"]
#[allow(dead_code)]
mod limits;
#[path = "../work.rs"]
#[allow(dead_code)]
mod work;
fn main() {
    let which = std::env::args().nth(1).unwrap_or_default();
    let n: u64 = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir_in(".").unwrap();
    let enc = documents::encoded(n).unwrap();
    let mut b = work::Bench::create(folder.path(), n).unwrap();
    println!("bulk {:.0}", b.bulk_insert(&enc).unwrap());
    if which == "bulk" { return; }
    b.reopen().unwrap();
    match which.as_str() {
        "get" => for _ in 0..4 { println!("{:.0}", b.gets(1_000_000).unwrap()) },
        "eight" => { println!("{:.0}", b.durable_inserts(8, std::time::Duration::from_secs(4)).unwrap()); println!("{:?}", b.stats()); println!("limit {:.0}", limits::group_commits(folder.path(), 8, std::time::Duration::from_secs(4)).unwrap()); }
        "one" => println!("{:.0}", b.durable_inserts(1, std::time::Duration::from_secs(4)).unwrap()),
        "open" => for _ in 0..5 { println!("{:.3} ms", b.reopen().unwrap() * 1000.0) },
        "scan" => println!("{:.0}", b.filtered_scan(std::time::Duration::from_secs(5)).unwrap().0),
        "update" => println!("{:.0}", b.batched_updates(100).unwrap()),
        _ => {}
    }
}
