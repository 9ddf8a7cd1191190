//! From a series of values to its growth.

/// The slope of a series per hour: the median of the slopes between any two of its points, which a few
/// values that stand out do not move (Theil and Sen). Zero for fewer than two points.
///
/// Points are (hours, value).
pub(super) fn slope(points: &[(f64, f64)]) -> f64 {
    let pairs = points.iter().enumerate().flat_map(|(index, first)| {
        points[index + 1..].iter().map(move |second| (second.1 - first.1) / (second.0 - first.0))
    });
    median(pairs.filter(|slope| slope.is_finite()).collect())
}

/// The value in the middle. Zero of nothing.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_slope_and_one_value_that_stands_out_does_not_move_it() {
        let mut points: Vec<(f64, f64)> =
            (0..21).map(f64::from).map(|hour| (hour, 3.0 + 2.0 * hour)).collect();
        points[10].1 = 1000.0;

        assert!((slope(&points) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_comes_and_goes_has_no_slope() {
        let points: Vec<(f64, f64)> =
            (0..40).map(|hour| (f64::from(hour), f64::from(hour % 2))).collect();

        assert!(slope(&points).abs() < 1e-9);
        assert!(slope(&points[..1]).abs() < 1e-9);
    }
}
