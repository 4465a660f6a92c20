//! Numbers of which few are drawn often: the law of Zipf, by the method of Gray and others (SIGMOD 1994), with the
//! constant that YCSB has.

use nexuslite_benches::documents::Random;

const THETA: f64 = 0.99;
/// Numbers that a draw is made of.
const PARTS: u64 = 1 << 53;

#[derive(Debug, Clone)]
pub(crate) struct Zipf {
    random: Random,
    count: u64,
    alpha: f64,
    zeta: f64,
    eta: f64,
}

impl Zipf {
    /// Of the numbers below `count`.
    pub(crate) fn new(seed: u64, count: u64) -> Self {
        let zeta = |n: u64| (1..=n).map(|rank| 1.0 / (rank as f64).powf(THETA)).sum::<f64>();
        let (all, two) = (zeta(count), zeta(2));
        let eta = (1.0 - (2.0 / count as f64).powf(1.0 - THETA)) / (1.0 - two / all);
        Self { random: Random(seed), count, alpha: 1.0 / (1.0 - THETA), zeta: all, eta }
    }

    /// A rank: 0 is drawn most often.
    pub(crate) fn rank(&mut self) -> u64 {
        let drawn = self.random.below(PARTS) as f64 / PARTS as f64;
        let scaled = drawn * self.zeta;
        if scaled < 1.0 {
            return 0;
        }
        if scaled < 1.0 + 0.5_f64.powf(THETA) {
            return 1;
        }
        let rank = self.count as f64 * (self.eta * drawn - self.eta + 1.0).powf(self.alpha);
        (rank as u64).min(self.count - 1)
    }

    /// A number, the frequent ones spread over all.
    pub(crate) fn spread(&mut self) -> u64 {
        let mixed = Random(self.rank()).below(u64::MAX);
        mixed % self.count
    }

    /// An even draw below this.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.random.below(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::Zipf;

    #[test]
    fn the_first_ranks_take_the_share_that_the_law_gives_them() {
        let (mut zipf, mut counts) = (Zipf::new(1, 1000), vec![0_u64; 1000]);
        for _ in 0..200_000 {
            counts[zipf.rank() as usize] += 1;
        }
        let zeta: f64 = (1..=1000).map(|rank| 1.0 / f64::from(rank).powf(super::THETA)).sum();
        for (rank, count) in counts.iter().enumerate().take(2) {
            let (share, law) =
                (*count as f64 / 200_000.0, 1.0 / ((rank + 1) as f64).powf(super::THETA) / zeta);
            assert!((share / law - 1.0).abs() < 0.05, "rank {rank}: {share} of the draws, not {law}");
        }
        assert!(counts.iter().all(|count| *count > 0), "some rank is never drawn");
    }

    #[test]
    fn a_spread_draw_reaches_all_ends() {
        let mut zipf = Zipf::new(2, 100);
        let mut seen: Vec<u64> = (0..20_000).map(|_| zipf.spread()).collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() > 50 && seen.iter().all(|number| *number < 100), "{} numbers", seen.len());
    }
}
