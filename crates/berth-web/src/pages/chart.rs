//! Curves: from figures over time to the paths that a browser draws.
//!
//! # Invariants
//!
//! * Where nothing is known nothing is drawn: a gap is a gap, and no line leads across it.
//! * Whole numbers only: the same figures are always the same path.

/// Which time a curve shows, and how often there is a figure, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) step: i64,
}

/// A figure at one time. `None`: it is not known.
pub(super) type Point = (i64, Option<u64>);

/// What a curve is drawn in, with whole units as wide and as high as the template says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: i64,
    pub(super) height: i64,
}

/// The canvas of `.spark`.
pub(super) const SPARK: Canvas = Canvas { width: 72, height: 20 };
/// The canvas of `.plot`.
pub(super) const PLOT: Canvas = Canvas { width: 300, height: 64 };

/// The paths of one curve. Both are empty when nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Curve {
    pub(super) line: String,
    /// What is below the line.
    pub(super) area: String,
}

impl Curve {
    /// Draws points, which are in order, so that `top` is at the upper edge.
    pub(super) fn of(points: &[Point], frame: Frame, (canvas, top): (Canvas, u64)) -> Self {
        let mut curve = Self::default();
        for stretch in stretches(points, frame) {
            let places: Vec<(i64, i64)> = stretch
                .iter()
                .map(|&(at, value)| (across(at, frame, canvas), up(value, top, canvas)))
                .collect();
            curve.draw(&places, canvas);
        }
        curve
    }

    fn draw(&mut self, places: &[(i64, i64)], canvas: Canvas) {
        let (Some(&(first, _)), Some(&(last, _))) = (places.first(), places.last()) else { return };
        let point = |number: usize, (x, y): &(i64, i64)| {
            let letter = if number == 0 { "M" } else { "L" };
            [letter, &tenths(*x), " ", &tenths(*y)].concat()
        };
        let mut line: String =
            places.iter().enumerate().map(|(number, place)| point(number, place)).collect();
        if first == last {
            // One point alone would not be seen.
            line.push_str("h1");
        }
        let (ground, first) = (tenths(canvas.height * 10), tenths(first));
        self.area.extend([&line, "V", &ground, "L", &first, " ", &ground, "Z"]);
        self.line.push_str(&line);
    }
}

/// The places where figures follow each other without a gap. One that was missed is none.
fn stretches(points: &[Point], frame: Frame) -> Vec<Vec<(i64, u64)>> {
    let mut all: Vec<Vec<(i64, u64)>> = Vec::new();
    let mut before: Option<i64> = None;
    for &(at, value) in points {
        if at < frame.from || at > frame.until {
            continue;
        }
        let Some(value) = value else {
            before = None;
            continue;
        };
        let follows = before.is_some_and(|before| (at - before) * 2 <= frame.step * 5);
        before = Some(at);
        match all.last_mut().filter(|_| follows) {
            Some(stretch) => stretch.push((at, value)),
            None => all.push(vec![(at, value)]),
        }
    }
    all
}

/// How far to the right, in tenths.
fn across(at: i64, frame: Frame, canvas: Canvas) -> i64 {
    (at - frame.from) * canvas.width * 10 / (frame.until - frame.from).max(1)
}

/// How far down from the upper edge, in tenths.
fn up(value: u64, top: u64, canvas: Canvas) -> i64 {
    let whole = canvas.height * 10;
    let height = i128::from(value) * i128::from(whole) / i128::from(top.max(1));
    whole - i64::try_from(height).unwrap_or(whole).min(whole)
}

fn tenths(value: i64) -> String {
    match value % 10 {
        0 => (value / 10).to_string(),
        rest => format!("{}.{rest}", value / 10),
    }
}

/// What the upper edge stands for: the limit where figures come near it, else a little more than the
/// most. And how far down the limit is, where it is in sight.
pub(super) fn scale(most: u64, limit: Option<u64>) -> (u64, Option<String>) {
    match limit.filter(|limit| *limit > 0 && most >= limit / 4) {
        Some(limit) => {
            let top = limit.max(most);
            let top = top.saturating_add(top.div_ceil(25).saturating_mul(2));
            (top, Some(tenths(up(limit, top, PLOT))))
        }
        None => ((most / 100).saturating_mul(125).max(most).max(1), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { from: 1000, until: 4600, step: 60 };
    const CANVAS: (Canvas, u64) = (Canvas { width: 60, height: 20 }, 100);

    fn curve(points: &[Point]) -> Curve {
        Curve::of(points, FRAME, CANVAS)
    }

    #[test]
    fn a_curve_goes_from_left_to_right_and_up() {
        let drawn = curve(&[(1000, Some(0)), (1060, Some(50)), (1120, Some(100))]);

        assert_eq!(drawn.line, "M0 20L1 10L2 0");
        assert_eq!(drawn.area, "M0 20L1 10L2 0V20L0 20Z");
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let missed = curve(&[(1000, Some(0)), (1120, Some(0)), (1180, Some(0))]);
        let stopped = curve(&[(1000, Some(0)), (1060, Some(0)), (1600, Some(0)), (1660, Some(0))]);
        let unknown = curve(&[(1000, Some(0)), (1060, None), (1120, Some(0))]);

        assert_eq!(missed.line, "M0 20L2 20L3 20");
        assert_eq!(stopped.line, "M0 20L1 20M10 20L11 20");
        assert_eq!(unknown.line, "M0 20h1M2 20h1");
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_nothing_outside() {
        assert_eq!(curve(&[]), Curve::default());
        assert_eq!(curve(&[(1000, None)]), Curve::default());
        assert_eq!(curve(&[(999, Some(1)), (4601, Some(1))]), Curve::default());
        assert_eq!(curve(&[(4600, Some(u64::MAX))]).line, "M60 0h1");
        let moment = Frame { from: 5, until: 5, step: 0 };
        assert_eq!(Curve::of(&[(5, Some(1))], moment, (SPARK, 0)).line, "M0 0h1");
    }

    #[test]
    fn a_limit_is_in_sight_where_figures_come_near_it() {
        assert_eq!(scale(10, Some(1000)), (10, None));
        assert_eq!(scale(1000, None), (1250, None));
        assert_eq!(scale(500, Some(1000)), (1080, Some("4.8".to_owned())));
        // A quarter of a core, of which hundredths would be too coarse.
        assert_eq!(scale(200, Some(250)), (270, Some("4.8".to_owned())));
        let (top, limit) = scale(4000, Some(1000));
        assert_eq!((top, limit.as_deref()), (4320, Some("49.2")));
        assert_eq!(scale(0, Some(0)), (1, None));
    }
}
