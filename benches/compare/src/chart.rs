//! Charts in SVG: what ours is of the best peer, and how a long run went.

use std::fmt::Write;

use crate::cells::Cells;
use crate::figure::Sample;
use crate::peers::{Entry, OURS};
use crate::table::{best, figures};

const WIDTH: f64 = 960.0;
const ROW: f64 = 24.0;
const FONT: &str = "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\"";
const AHEAD: &str = "#2a7f62";
const BEHIND: &str = "#b5523b";
/// One for each peer of a long run.
const COLOURS: [&str; 5] = ["#2a7f62", "#b5523b", "#3b6ab5", "#8a5ab5", "#b59a3b"];

/// An SVG file that grows from the top; what cannot be written into a string does not exist.
struct Svg {
    body: String,
    height: f64,
}

impl Svg {
    fn new() -> Self {
        Self { body: String::new(), height: 0.0 }
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" {FONT}>{text}</text>"
        );
    }

    fn bar(&mut self, x: f64, y: f64, width: f64, colour: &str) {
        let height = ROW - 8.0;
        let _ = writeln!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{colour}\"/>"
        );
    }

    fn path(&mut self, points: &[(f64, f64)], colour: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
            points.join(" ")
        );
    }

    fn done(self) -> String {
        let (height, body) = (self.height + ROW, self.body);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{body}</svg>\n"
        )
    }
}

/// A bar for each figure, on a scale of doublings around the best peer.
pub(crate) fn ratios(cells: &Cells, peers: &[&'static Entry]) -> String {
    const NAMES: f64 = 400.0;
    const MIDDLE: f64 = 570.0;
    const DOUBLING: f64 = 60.0;
    let mut svg = Svg::new();
    svg.text(NAMES, 20.0, "end", "times the best peer, more is better");
    svg.text(MIDDLE, 20.0, "middle", "1");
    svg.path(&[(MIDDLE, 26.0), (MIDDLE, 32.0)], "#333");
    svg.height = 32.0;
    for figure in figures() {
        let Some((name, _, ratio)) = best(cells, peers, figure) else { continue };
        let y = svg.height;
        let length = (ratio.log2() * DOUBLING).clamp(NAMES + 20.0 - MIDDLE, WIDTH - 180.0 - MIDDLE);
        svg.text(NAMES, y + 13.0, "end", figure.name);
        let colour = if ratio >= 1.0 { AHEAD } else { BEHIND };
        svg.bar(MIDDLE + length.min(0.0), y, length.abs().max(1.0), colour);
        svg.text(MIDDLE + length.max(0.0) + 6.0, y + 13.0, "start", &format!("{ratio:.2} of {name}"));
        svg.height += ROW;
    }
    svg.done()
}

type Panel = (&'static str, fn(&Sample) -> f64);

/// What a long run shows over time.
const PANELS: [Panel; 3] = [
    ("durable changes a second", |sample| sample.per_second),
    ("99.9 % within, ms", |sample| sample.latencies_us[2] / 1000.0),
    ("files, MiB", |sample| sample.file_bytes as f64 / f64::from(1 << 20)),
];

/// The long runs, one panel over the other; nothing when there were none.
pub(crate) fn churn(cells: &Cells) -> Option<String> {
    const LEFT: f64 = 80.0;
    const RIGHT: f64 = WIDTH - 20.0;
    const HEIGHT: f64 = 180.0;
    let runs = cells.samples();
    let all = || runs.values().flatten();
    let seconds = all().map(|sample| sample.at_seconds).fold(0.0, f64::max);
    if seconds == 0.0 {
        return None;
    }
    let mut svg = Svg::new();
    for (index, name) in runs.keys().enumerate() {
        let x = LEFT + 180.0 * index as f64;
        svg.bar(x, 8.0, 16.0, COLOURS[index % COLOURS.len()]);
        svg.text(x + 22.0, 21.0, "start", name);
    }
    svg.height = 40.0;
    for (title, value) in PANELS {
        let (top, bottom) = (svg.height + 24.0, svg.height + 24.0 + HEIGHT);
        let most = all().map(value).fold(f64::MIN_POSITIVE, f64::max);
        svg.text(LEFT, top - 8.0, "start", title);
        svg.text(LEFT - 8.0, top + 8.0, "end", &format!("{most:.0}"));
        svg.text(LEFT - 8.0, bottom, "end", "0");
        svg.path(&[(LEFT, top), (LEFT, bottom), (RIGHT, bottom)], "#999");
        for (index, samples) in runs.values().enumerate() {
            let x = |sample: &Sample| LEFT + (RIGHT - LEFT) * sample.at_seconds / seconds;
            let y = |sample: &Sample| bottom - HEIGHT * value(sample) / most;
            let points: Vec<(f64, f64)> = samples.iter().map(|sample| (x(sample), y(sample))).collect();
            svg.path(&points, COLOURS[index % COLOURS.len()]);
        }
        svg.height = bottom + 8.0;
    }
    svg.text(RIGHT, svg.height + 12.0, "end", &format!("{seconds:.0} s; {OURS} runs the longest"));
    svg.height += 16.0;
    Some(svg.done())
}
