//! Inputs made of valid ones by many small accidents.

/// Numbers at which arithmetic goes wrong.
const EDGES: &[u64] = &[
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    16,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    1 << 32,
    1 << 62,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 1,
    u64::MAX,
];

pub(crate) struct Mutator(u64);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xA5A5_5A5A_1234_8765)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound.max(1) as u64) as usize
    }

    /// An input: one of the seeds after a few accidents, or plain noise now and then.
    pub(crate) fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        if self.below(20) == 0 {
            let len = self.below(300);
            return (0..len).map(|_| self.roll() as u8).collect();
        }
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..1 + self.below(6) {
            self.accident(&mut input, seeds);
        }
        input
    }

    fn accident(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.place(input);
        match self.below(9) {
            0 | 1 if at < input.len() => input[at] ^= 1 << self.below(8),
            2 if at < input.len() => input[at] = self.roll() as u8,
            3 | 4 => {
                let bytes = EDGES[self.below(EDGES.len())].to_le_bytes();
                let width = [1, 2, 4, 8][self.below(4)].min(input.len().saturating_sub(at));
                input[at..at + width].copy_from_slice(&bytes[..width]);
            }
            5 if self.below(4) == 0 => input.truncate(at),
            6 => {
                let (from, len) = (self.place(input), 1 + self.below(64));
                let piece: Vec<u8> = input.iter().skip(from).take(len).copied().collect();
                input.splice(at..at, piece);
            }
            7 => {
                let end = (at + 1 + self.below(16)).min(input.len());
                input.drain(at..end);
            }
            _ => {
                let other = &seeds[self.below(seeds.len())];
                let (from, len) = (self.below(other.len() + 1), 1 + self.below(200));
                let piece: Vec<u8> = other.iter().skip(from).take(len).copied().collect();
                let end = (at + piece.len()).min(input.len());
                input.splice(at..end, piece);
            }
        }
    }

    /// A place in the input, more often one where headers are.
    fn place(&mut self, input: &[u8]) -> usize {
        let len = input.len() + 1;
        match self.below(4) {
            0 => self.below(len.min(300)),
            1 => (self.below(len) / 4096 * 4096 + self.below(200)).min(len - 1),
            _ => self.below(len),
        }
    }
}
