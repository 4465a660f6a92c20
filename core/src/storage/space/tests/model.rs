use super::*;

/// A page by page account of a file, kept in the plainest way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Used { birth: u64 },
    Claimed,
    Dying { birth: u64, death: u64 },
    Ready,
}

struct Model {
    pages: Vec<Page>,
    space: Space,
    durable: u64,
    pinned: Vec<u64>,
}

impl Model {
    fn new() -> Self {
        let pages = vec![Page::Used { birth: 0 }; FIRST_PAGE as usize];
        Self { pages, space: Space::new(FIRST_PAGE), durable: 1, pinned: vec![] }
    }

    fn compare(&self) {
        let with_state = |wanted: fn(&Page) -> bool| -> BTreeSet<u64> {
            (0..self.pages.len() as u64).filter(|page| wanted(&self.pages[*page as usize])).collect()
        };
        assert_eq!(self.space.file_pages(), self.pages.len() as u64);
        assert_eq!(ready(&self.space), with_state(|page| *page == Page::Ready));
        assert_eq!(self.space.ready.pages(), ready(&self.space).len() as u64);
        let claimed: BTreeSet<u64> = self.space.claimed.iter().flat_map(|(at, n)| *at..at + n).collect();
        assert_eq!(claimed, with_state(|page| *page == Page::Claimed));
        let used = with_state(|page| matches!(page, Page::Used { .. } | Page::Claimed));
        assert_eq!(self.space.used_pages(), used.len() as u64);
        let runs: Vec<PageRun> = self.space.ready.iter().collect();
        assert!(runs.windows(2).all(|two| two[0].end() < two[1].first), "neighbours are merged");
    }

    /// What the rule says, of each page by itself.
    fn release(&mut self, version: u64) {
        let pinned = self.pinned.clone();
        let rule = ReuseRule::new(version, pinned.clone());
        for page in &mut self.pages {
            if let Page::Dying { birth, death } = *page
                && version >= death + 2
                && !pinned.iter().any(|pin| birth <= *pin && *pin < death)
            {
                *page = Page::Ready;
            }
        }
        self.space.release(&rule);
    }

    fn allocate(&mut self, pages: u64, to: Page) -> PageRun {
        let fits = |first: usize| {
            let run = self.pages.get(first..first + pages as usize);
            run.is_some_and(|run| run.iter().all(|page| *page == Page::Ready))
        };
        let lowest = (0..self.pages.len()).find(|first| fits(*first));
        let found = self.space.allocate(pages);
        assert_eq!(found, lowest.map(|first| first as u64));
        let first = found.unwrap_or_else(|| {
            self.space.grow_to(self.space.growth_for(pages));
            self.pages.resize(self.space.file_pages() as usize, Page::Ready);
            self.space.allocate(pages).unwrap()
        });
        let taken = &mut self.pages[first as usize..(first + pages) as usize];
        assert!(taken.iter().all(|page| *page == Page::Ready));
        taken.fill(to);
        run(first, pages)
    }

    fn version(&mut self, dice: &Dice) {
        let version = self.durable + 1;
        self.release(version);
        self.compare();
        let before = (self.pages.clone(), self.space.clone());
        for _ in 0..dice.below(40) {
            let birth = version;
            match dice.below(5) {
                0 | 1 => {
                    self.allocate(1, Page::Used { birth });
                }
                2 => {
                    self.allocate(1 + dice.below(12), Page::Used { birth });
                }
                _ => self.free_somewhere(dice, version),
            }
        }
        self.compare();
        if dice.one_in(4) {
            (self.pages, self.space) = before;
            self.compare();
            return;
        }
        self.cut(dice);
        let reopened = Space::decode(&self.space.encode(version), version, self.space.file_pages()).unwrap();
        assert_eq!(reopened.encode(version), self.space.encode(version));
        if self.space.claimed.is_empty() {
            self.space = reopened;
        }
        self.durable = version;
        self.compare();
    }

    fn free_somewhere(&mut self, dice: &Dice, version: u64) {
        let at = FIRST_PAGE.max(dice.below(self.pages.len() as u64)) as usize;
        let Some(Page::Used { birth }) = self.pages.get(at).copied() else { return };
        if birth == version {
            self.space.give_back(run(at as u64, 1)).unwrap();
            self.pages[at] = Page::Ready;
        } else {
            self.space.free(run(at as u64, 1), birth, version).unwrap();
            self.pages[at] = Page::Dying { birth, death: version };
        }
    }

    fn cut(&mut self, dice: &Dice) {
        let used = self.pages.iter().rposition(|page| *page != Page::Ready).unwrap() + 1;
        assert_eq!(self.space.tail_start(), used as u64);
        if dice.one_in(3) {
            self.space.truncate(used as u64).unwrap();
            self.pages.truncate(used);
        }
    }

    fn claim_or_settle(&mut self, dice: &Dice) {
        if dice.one_in(2) {
            let run = self.allocate(1 + dice.below(5), Page::Claimed);
            self.space.claim(run).unwrap();
        } else if let Some((first, pages)) = self.space.claimed.iter().next().map(|(at, n)| (*at, *n)) {
            let to = if dice.one_in(2) { Page::Ready } else { Page::Used { birth: self.durable } };
            match to {
                Page::Ready => self.space.unclaim(run(first, pages)).unwrap(),
                _ => self.space.settle(run(first, pages)).unwrap(),
            }
            self.pages[first as usize..(first + pages) as usize].fill(to);
        }
        self.compare();
    }
}

#[test]
fn the_map_agrees_with_a_page_by_page_account() {
    with_seeds("the_map_agrees_with_a_page_by_page_account", 60, |dice| {
        let mut model = Model::new();
        for _ in 0..60 {
            match dice.below(8) {
                0 => model.pinned.push(model.durable),
                1 if !model.pinned.is_empty() => {
                    let at = dice.below(model.pinned.len() as u64) as usize;
                    model.pinned.swap_remove(at);
                }
                2 => model.claim_or_settle(dice),
                _ => model.version(dice),
            }
        }
        model.compare();
    });
}
